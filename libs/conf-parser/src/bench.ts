import { parseConfBytes } from './parse-conf.ts';

/** How fast one way of reading conf files is. */
export interface ReaderSpeed {
  name: string;
  /** Megabytes (10⁶ bytes) of input a second: the median over the rounds. */
  mbPerS: number;
  /** Its time over that of the naive scan in the same round: the median over the rounds, 1 for the naive scan itself. */
  ratio: number;
}

/** Reads one file and says how many settings it saw. */
type Reader = (bytes: Uint8Array) => number;

const decoder = new TextDecoder();

const READERS: readonly { name: string; read: Reader }[] = [
  { name: 'naive indexOf scan', read: scanNaively },
  { name: 'parseConfBytes', read: readProperly },
  { name: 'split and regex', read: readWithRegex },
];

/**
 * Measures the parser against a naive scan, which only finds lines and keys, and against a reader made of `split` and
 * regular expressions, which most tools are. All read all files in every round, in an order that rotates from round to
 * round, so that a busy machine slows all of them; a first round is not counted.
 *
 * @throws RangeError when there is nothing to measure
 */
export function benchParser(files: readonly Uint8Array[], rounds: number): ReaderSpeed[] {
  const bytes = files.reduce((sum, file) => sum + file.length, 0);
  if (bytes === 0) throw new RangeError('benchParser has no bytes to read: give it files that are not empty.');
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`benchParser cannot measure ${rounds} rounds: give it a whole number from 1.`);
  const runs = READERS.map(({ name, read }) => ({ name, read, settings: readAll(read, files), ms: [] as number[] }));
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < runs.length; turn++) {
      const run = runs[(round + turn) % runs.length] as (typeof runs)[number];
      const start = performance.now();
      const settings = readAll(run.read, files);
      run.ms.push(performance.now() - start);
      // Looking at the outcome also keeps the compiler from leaving out the work.
      if (settings !== run.settings) throw new Error(`The reader "${run.name}" read the same files in two ways.`);
    }
  const naive = runs[0]?.ms ?? [];
  return runs.map(({ name, ms }) => ({
    name,
    mbPerS: bytes / 1000 / median(ms),
    ratio: median(ms.map((time, round) => time / (naive[round] ?? time))),
  }));
}

function readAll(read: Reader, files: readonly Uint8Array[]): number {
  let settings = 0;
  for (const file of files) settings += read(file);
  return settings;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

function readProperly(bytes: Uint8Array): number {
  let settings = 0;
  for (const stanza of parseConfBytes(bytes).stanzas) settings += stanza.settings.length;
  return settings;
}

/** Decodes, finds each line and its first "=", and cuts out key and value; no trimming, stanzas or continuations. */
function scanNaively(bytes: Uint8Array): number {
  const text = decoder.decode(bytes);
  let settings = 0;
  for (let start = 0; start < text.length;) {
    const lf = text.indexOf('\n', start);
    const end = lf === -1 ? text.length : lf;
    const line = text.slice(start, end);
    const equals = line.indexOf('=');
    if (equals !== -1) {
      const key = line.slice(0, equals);
      const value = line.slice(equals + 1);
      if (key.length + value.length > 0) settings++;
    }
    start = end + 1;
  }
  return settings;
}

/** The usual few lines, wrong about continuations, "]" in names and much else. */
function readWithRegex(bytes: Uint8Array): number {
  const stanzas = new Map<string, Map<string, string>>();
  let stanza = new Map<string, string>();
  stanzas.set('default', stanza);
  for (const line of decoder.decode(bytes).split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header) {
      const name = header[1] ?? '';
      stanza = stanzas.get(name) ?? new Map<string, string>();
      stanzas.set(name, stanza);
      continue;
    }
    const setting = /^\s*([^=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (setting) stanza.set(setting[1] ?? '', setting[2] ?? '');
  }
  let settings = 0;
  for (const { size } of stanzas.values()) settings += size;
  return settings;
}
