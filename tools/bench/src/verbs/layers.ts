import { type EntryHead, FileArchiveSource, openArchive } from '@confscope/archive';
import {
  effectiveConf,
  type EtcFile,
  EtcTree,
  type Origin,
  parseConfBytes,
  printBtool,
  UploadShape,
} from '@confscope/conf-parser';
import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';
import { NO_LIMITS } from '../stack/baselines.ts';
import { median, spread } from '../statistics.ts';

/** Merging and printing all confs of a tree of 300 apps is one answer of a page, not a job. */
const MOST_MS_PER_300_APPS = 1000;

interface ReadFile {
  origin: Origin & { kind: 'conf' | 'meta' };
  content: Buffer;
}

/** All confs of the archive, merged and printed as `btool list --debug` does, against parsing its files. */
export async function benchLayers(input: BenchInput): Promise<Figure[]> {
  const files = await filesOf(input.archive);
  const parsing: number[] = [];
  const layers: number[] = [];
  let parsed: EtcFile[] = [];
  // A first round is not counted: it would measure the compiler.
  for (let round = -1; round < input.rounds; round++) {
    const start = performance.now();
    parsed = files.map(({ origin, content }) => ({ origin, ...parseConfBytes(content, origin) }));
    const between = performance.now();
    printAll(parsed, files[0]?.origin.instance ?? '');
    if (round < 0) continue;
    parsing.push(between - start);
    layers.push(performance.now() - between);
  }
  const apps = new Set(files.map(({ origin }) => origin.app)).size;
  const id = `conf/${input.name}/layers`;
  const ratio = median(layers.map((ms, round) => ms / (parsing[round] ?? ms)));
  const all = `all confs merged and printed, ${input.name}`;
  return [
    {
      id,
      what: all,
      value: median(layers),
      unit: 'ms',
      ratio: { to: 'parsing them', value: ratio },
      spread: spread(layers),
    },
    {
      id: `${id}/per-300-apps`,
      what: `${all}, for each 300`,
      value: (median(layers) * 300) / Math.max(1, apps),
      unit: 'ms',
      bar: { most: MOST_MS_PER_300_APPS },
    },
  ];
}

async function filesOf(archive: string): Promise<ReadFile[]> {
  const contents = new Map<string, Buffer>();
  const choose = ({ path }: EntryHead) => (/\.(?:conf|meta)$/.test(path) ? { path, reads: true } : null);
  for await (const entries of openArchive(await FileArchiveSource.at(archive), NO_LIMITS, choose))
    for (const { choice, content } of entries) if (content) contents.set(choice.path, Buffer.from(content));
  const shape = UploadShape.of(contents.keys());
  return [...contents].flatMap(([path, content]): ReadFile[] => {
    const origin = shape.originOf(path);
    if (!origin || (origin.kind !== 'conf' && origin.kind !== 'meta')) return [];
    return [{ origin: { ...origin, kind: origin.kind }, content }];
  });
}

function printAll(files: readonly EtcFile[], instance: string): void {
  const tree = new EtcTree({ files, instance });
  for (const conf of tree.confs()) printBtool(effectiveConf(tree, conf), { debug: true });
}
