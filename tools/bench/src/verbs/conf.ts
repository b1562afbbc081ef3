import { benchParser } from '@confscope/conf-parser/bench';
import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';
import { confFilesOf } from '../stack/baselines.ts';

const LEAST_BYTES = 4_000_000;
const LEAST_MB_PER_S = 100;

/** The parser alone, over all conf and meta files of the archive, against simpler readers. */
export async function benchConf(input: BenchInput): Promise<Figure[]> {
  const files = await confFilesOf(input.archive);
  const bytes = files.reduce((sum, file) => sum + file.length, 0);
  // A few files are read many times in a round: otherwise it would measure the compiler.
  const repeats = Math.ceil(LEAST_BYTES / Math.max(1, bytes));
  const speeds = benchParser(Array.from({ length: repeats }, () => files).flat(), input.rounds);
  return speeds.flatMap(({ name, mbPerS, ratio }): Figure[] => {
    const isParser = name === 'parseConfBytes';
    const id = `conf/${input.name}/${name}`;
    const speed: Figure = { id, what: `${name}, ${input.name}`, value: mbPerS, unit: 'MB/s' };
    if (isParser) speed.bar = { least: LEAST_MB_PER_S };
    const cost: Figure = {
      id: `${id}/time`,
      what: `time of ${name} over a naive scan, ${input.name}`,
      value: ratio,
      unit: 'x',
    };
    return ratio === 1 ? [speed] : [speed, cost];
  });
}
