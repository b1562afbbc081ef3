import { parseConfBytes } from './parse-conf.ts';
import type { Stanza } from './parsed-conf.ts';

/** How fast one way of reading conf files is. */
export interface ReaderSpeed {
  name: string;
  /** Megabytes (10⁶ bytes) of input a second: the median over the rounds. */
  mbPerS: number;
  /** The parser's speed over its own in the same round: the median over the rounds, 1 for the parser itself. */
  parserRatio: number;
}

export interface ParserBench {
  rounds: number;
  /** What each reader reads before it is measured, at least one round: V8 goes on compiling for tens of megabytes. */
  warmUpBytes: number;
  /**
   * `one`: what a file holds is dropped before the next one is read, as in a worker; `all`: everything stays in memory until the
   * end of a round, as in a tool that answers about a whole tree.
   */
  keep: 'one' | 'all';
}

/** Reads one file; what it returns is all that it found. */
type Reader = (bytes: Uint8Array) => { readonly size: number };

const decoder = new TextDecoder();

/** The parser first: the others are compared with it. */
const READERS: readonly { name: string; read: Reader }[] = [
  { name: 'parser', read: readProperly },
  { name: 'simplest scan', read: scanNaively },
  { name: 'split and regex', read: readWithRegex },
];

/**
 * Measures the parser against a naive scan, which only finds lines, keys and values, and against a reader made of
 * `split` and regular expressions, which most tools are. All read all files in every round, in an order that rotates
 * from round to round, so that a busy machine slows all of them; what they read until their code is compiled is not counted.
 *
 * @throws RangeError when there is nothing to measure
 */
export function benchParser(files: readonly Uint8Array[], { rounds, warmUpBytes, keep }: ParserBench): ReaderSpeed[] {
  const bytes = files.reduce((sum, file) => sum + file.length, 0);
  if (bytes === 0) throw new RangeError('benchParser has no bytes to read: give it files that are not empty.');
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`benchParser cannot measure ${rounds} rounds: give it a whole number from 1.`);
  const readAll = keep === 'one' ? readAndDrop : readAndKeep;
  const runs = READERS.map(({ name, read }) => ({ name, read, size: readAll(read, files), ms: [] as number[] }));
  for (let read = bytes; read < warmUpBytes; read += bytes) for (const run of runs) readAll(run.read, files);
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < runs.length; turn++) {
      const run = runs[(round + turn) % runs.length] as (typeof runs)[number];
      const start = performance.now();
      const size = readAll(run.read, files);
      run.ms.push(performance.now() - start);
      // Looking at the outcome also keeps the compiler from leaving out the work.
      if (size !== run.size) throw new Error(`The reader "${run.name}" read the same files in two ways.`);
    }
  const parser = runs[0]?.ms ?? [];
  return runs.map(({ name, ms }) => ({
    name,
    mbPerS: bytes / 1000 / median(ms),
    parserRatio: median(ms.map((time, round) => time / (parser[round] ?? time))),
  }));
}

function readAndDrop(read: Reader, files: readonly Uint8Array[]): number {
  let size = 0;
  for (const file of files) size += read(file).size;
  return size;
}

function readAndKeep(read: Reader, files: readonly Uint8Array[]): number {
  return files.map(read).reduce((sum, { size }) => sum + size, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

function readProperly(bytes: Uint8Array): { size: number; stanzas: readonly Stanza[] } {
  const { stanzas } = parseConfBytes(bytes);
  return { size: stanzas.length, stanzas };
}

/** Decodes, finds each line and its first "=", and cuts out key and value; no trimming, stanzas or continuations. */
function scanNaively(bytes: Uint8Array): { size: number; settings: readonly [key: string, value: string][] } {
  const text = decoder.decode(bytes);
  const settings: [key: string, value: string][] = [];
  for (let start = 0; start < text.length;) {
    const lf = text.indexOf('\n', start);
    const end = lf === -1 ? text.length : lf;
    const equals = text.indexOf('=', start);
    if (equals !== -1 && equals < end) settings.push([text.slice(start, equals), text.slice(equals + 1, end)]);
    start = end + 1;
  }
  return { size: settings.length, settings };
}

/** The usual few lines, wrong about continuations, "]" in names and much else. */
function readWithRegex(bytes: Uint8Array): ReadonlyMap<string, ReadonlyMap<string, string>> {
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
  return stanzas;
}
