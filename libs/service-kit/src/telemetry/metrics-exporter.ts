import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { exemplars } from './exemplars.ts';
import { OPEN_METRICS_TYPE, openMetricsOf, prefersOpenMetrics } from './open-metrics.ts';

/** Holds the metrics of this process for whoever scrapes `/metrics`; opens no port of its own. */
export const metricsExporter = new PrometheusExporter({ preventServerStart: true });

const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

/** All metrics of this process, in the format that the reader prefers; exemplars exist in OpenMetrics alone. */
export async function scrape(accept: string | undefined): Promise<{ type: string; text: string }> {
  const { resourceMetrics } = await metricsExporter.collect();
  const text = serializer.serialize(resourceMetrics);
  if (prefersOpenMetrics(accept)) return { type: OPEN_METRICS_TYPE, text: openMetricsOf(text, exemplars) };
  return { type: 'text/plain; version=0.0.4; charset=utf-8', text };
}
