/** One line of a chart. */
export interface Line {
  label: string;
  unit: 'ms' | 'MiB';
  points: readonly { x: number; y: number }[];
}

/** A chart with logarithmic axes: what grows in proportion is a straight line that climbs as steeply as the grid. */
export interface Chart {
  title: string;
  /** What stands below the horizontal axis. */
  along: string;
  lines: readonly Line[];
}

const WIDTH = 490;
const HEIGHT = 320;
const LEFT = 56;
const RIGHT = 180;
const TOP = 40;
const BOTTOM = 46;
const LABEL_GAP = 14;
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#8a6d00'];

/** The charts side by side, as one SVG. */
export function drawCharts(charts: readonly Chart[]): string {
  const bodies = charts.map((chart, at) => `<g transform="translate(${at * WIDTH} 0)">${drawChart(chart)}</g>`);
  const width = WIDTH * charts.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${bodies.join('\n')}
</svg>
`;
}

function drawChart({ title, along, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [low, high] = decadesAround(points.map(({ y }) => y));
  const atX = scale(xs[0] ?? 1, xs.at(-1) ?? 1, LEFT, WIDTH - RIGHT);
  const atY = scale(low, high, HEIGHT - BOTTOM, TOP);
  const grid = decadesBetween(low, high).map(
    (y) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(y)}" y2="${atY(y)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 6}" y="${atY(y) + 4}" text-anchor="end" fill="#555">${numeral(y)}</text>`,
  );
  const ticks = xs.map(
    (x) =>
      `<line x1="${atX(x)}" x2="${atX(x)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#eee"/>` +
      `<text x="${atX(x)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#555">${numeral(x)}</text>`,
  );
  const labels = spreadOut(lines.map(({ points: own }) => atY(own.at(-1)?.y ?? low)));
  const drawn = lines.map(({ label, unit, points: own }, at) => {
    const colour = COLOURS[at % COLOURS.length];
    const path = own.map(({ x, y }) => `${atX(x)},${atY(y)}`).join(' ');
    const dots = own.map(({ x, y }) => `<circle cx="${atX(x)}" cy="${atY(y)}" r="2.5" fill="${colour}"/>`).join('');
    const last = own.at(-1)?.y ?? NaN;
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.8"/>${dots}` +
      `<text x="${WIDTH - RIGHT + 8}" y="${(labels[at] ?? 0) + 4}" fill="${colour}">${escaped(label)}: ${numeral(last)} ${unit}</text>`
    );
  });
  return [
    `<text x="${LEFT}" y="20" font-size="13" font-weight="bold">${escaped(title)}</text>`,
    ...grid,
    ...ticks,
    ...drawn,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(along)}</text>`,
  ].join('\n');
}

function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = Math.log(to) - Math.log(from);
  return (value) => round(span === 0 ? start : start + ((Math.log(value) - Math.log(from)) / span) * (end - start));
}

/** The powers of ten that hold all values between them. */
function decadesAround(values: readonly number[]): [low: number, high: number] {
  const least = Math.floor(Math.log10(Math.min(...values)));
  const most = Math.ceil(Math.log10(Math.max(...values)));
  return [10 ** least, 10 ** Math.max(most, least + 1)];
}

function decadesBetween(low: number, high: number): number[] {
  const count = Math.round(Math.log10(high / low)) + 1;
  return Array.from({ length: count }, (_, at) => low * 10 ** at);
}

/** The same heights, in the same order, moved down where two would lie upon one another. */
function spreadOut(heights: readonly number[]): number[] {
  const placed = [...heights];
  const order = heights.map((_, at) => at).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  let above = -Infinity;
  for (const at of order) placed[at] = above = Math.max(heights[at] ?? 0, above + LABEL_GAP);
  return placed;
}

function numeral(value: number): string {
  return value >= 1 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));
}

const round = (value: number): number => Math.round(value * 10) / 10;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
