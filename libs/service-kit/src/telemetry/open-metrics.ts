import type { Exemplar, Exemplars } from './exemplars.ts';

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Whether the reader would rather have OpenMetrics than the older text format; it must name it to get it. */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  const wishes = (accept ?? '').split(',').map((wish) => {
    const [type, ...parameters] = wish.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) };
  });
  const weightOf = (wanted: string) =>
    Math.max(0, ...wishes.filter(({ type }) => type === wanted).map(({ weight }) => weight));
  const open = weightOf('application/openmetrics-text');
  return open > 0 && open >= weightOf('text/plain');
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * The same metrics in OpenMetrics, which the exporter does not write: families of counters are named without their
 * `_total`, bounds of buckets are floats, and samples carry exemplars. Units are left out, since OpenMetrics wants a
 * metric's name to end with its unit, and those of libraries do not.
 *
 * @param text the older text format of Prometheus
 */
export function openMetricsOf(text: string, exemplars: Pick<Exemplars, 'of'>): string {
  const counters = new Set([...text.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, name]) => name));
  const lines = text.split('\n').flatMap((line) => {
    const [, keyword, name = '', rest] = /^# (HELP|TYPE|UNIT) (\S+) ?(.*)$/.exec(line) ?? [];
    if (keyword === undefined) return line === '' || line.startsWith('#') ? [] : [sampleLine(line, exemplars)];
    if (keyword === 'UNIT') return [];
    const family = name.replace(/_total$/, '');
    return [`# ${keyword} ${counters.has(family) ? family : name} ${rest}`];
  });
  return [...lines, '# EOF', ''].join('\n');
}

function sampleLine(line: string, exemplars: Pick<Exemplars, 'of'>): string {
  const [, name = '', labels = ''] = SAMPLE.exec(line) ?? [];
  const exact = line.replace(/([{,]le=")(\d+)"/, '$1$2.0"');
  if (!name.endsWith('_bucket') && !name.endsWith('_total')) return exact;
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', value = '']) => [label, value] as const);
  const exemplar = exemplars.of(name, pairs);
  return exemplar ? `${exact} # ${exemplarText(exemplar)}` : exact;
}

const exemplarText = ({ traceId, spanId, value, at }: Exemplar): string =>
  `{trace_id="${traceId}",span_id="${spanId}"} ${value} ${at / 1000}`;
