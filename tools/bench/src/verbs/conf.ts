import { benchParser, type ReaderSpeed } from '@confscope/conf-parser/bench';
import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';
import { confFilesOf } from '../stack/baselines.ts';

/** A round reads as much at the least: few small files are read many times in it. In bytes. */
const LEAST_BYTES = 4_000_000;
/** A round takes moments: there are so many for each that is asked for. */
const ROUNDS = 5;
/** As much as a large `etc` holds. In bytes. */
const WARM_UP_BYTES = 64e6;
/** What the parser has to reach at the least of the speed of a simpler reader. */
const LEAST_RATIO: Readonly<Record<string, number>> = { 'simplest scan': 0.6, 'split and regex': 3 };

/** The parser alone, over all conf and meta files of the archive, against simpler readers. */
export async function benchConf(input: BenchInput): Promise<Figure[]> {
  const files = await confFilesOf(input.archive);
  const bytes = files.reduce((sum, file) => sum + file.length, 0);
  const repeats = Math.ceil(LEAST_BYTES / Math.max(1, bytes));
  const many = Array.from({ length: repeats }, () => files).flat();
  const options = { rounds: ROUNDS * input.rounds, warmUpBytes: WARM_UP_BYTES };
  return [
    ...figuresOf(input.name, 'file by file', benchParser(many, { ...options, keep: 'one' })),
    ...figuresOf(input.name, 'all kept', benchParser(many, { ...options, keep: 'all' })),
  ];
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
