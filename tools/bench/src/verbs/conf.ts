import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ReaderSpeed } from '@confscope/conf-parser/bench';
import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';

const READERS = fileURLToPath(new URL('../stack/conf-readers.js', import.meta.url));
/** What the parser has to reach at the least of the speed of a simpler reader. */
const LEAST_RATIO: Readonly<Record<string, number>> = { 'simplest scan': 0.6, 'split and regex': 3 };

/**
 * The parser alone, over all conf and meta files of the archive, against simpler readers. They read in a process of their
 * own, as a worker's parsing process does: a Redis client, which extends `String`, makes V8 read the characters of every
 * string of its process five times slower.
 */
export async function benchConf(input: BenchInput): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [READERS, input.archive, String(input.rounds)]);
  const { one, all } = JSON.parse(stdout) as Record<'one' | 'all', ReaderSpeed[]>;
  return [...figuresOf(input.name, 'file by file', one), ...figuresOf(input.name, 'all kept', all)];
}

function figuresOf(input: string, how: string, speeds: readonly ReaderSpeed[]): Figure[] {
  return speeds.map(({ name, mbPerS, parserRatio }): Figure => {
    const least = LEAST_RATIO[name];
    return {
      id: `conf/${input}/${how}/${name}`,
      what: `${name}, ${how}, ${input}`,
      value: mbPerS,
      unit: 'MB/s',
      ...(least === undefined ? {} : { ratio: { to: 'by the parser', value: parserRatio }, bar: { least } }),
    };
  });
}
