import { statSync } from 'node:fs';
import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';
import { type Baselines, confFilesOf, measureBaselines, stanzaRowsOf, timed } from '../stack/baselines.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { type FinishedRun, Stack } from '../stack/stack.ts';
import { onHalfTheCores } from '../stack/half-the-cores.ts';
import { median, spread } from '../statistics.ts';

/** One turn: baselines and runs close to one another in time, so that a busy machine slows both. */
interface Round {
  /** Measured behind its runs, until they are those {@link around} them. */
  baselines: Baselines;
  first: number;
  uploadToComplete: number;
  again: number;
  anew: number | null;
  changed: number | null;
  childPeakBytes: number;
  /** What the first run, and the unchanged ones behind it, added to the database. */
  firstBytes: number;
  againBytes: number;
}

/** Whole runs through the real services: a new archive, the same bytes once more, its files packed anew, and a few edits. */
export async function benchIngest(servers: BenchServers, input: BenchInput): Promise<Figure[]> {
  const stack = await Stack.start(servers);
  try {
    const files = await confFilesOf(input.archive);
    const textBytes = files.reduce((sum, file) => sum + file.length, 0);
    // The first round is not counted: code is compiled in it, and files come into the page cache.
    const rounds: Round[] = [];
    const anew = (await input.packAnew?.(1)) ?? null;
    for (let round = 0; round <= input.rounds; round++)
      rounds.push(await measureRound(servers, stack, { ...input, anew }, files));
    const parentPeak = stack.worker.peakRssBytes();
    return figuresOf(input, around(rounds), textBytes, parentPeak);
  } finally {
    await stack.stop();
  }
}

/**
 * Two archives that share nothing, by one worker with two slots, against one of them alone. One alone keeps more than one
 * core busy, so few cores set a limit to that; what doubling the cores brings is told besides.
 */
export async function benchTwoAtOnce(servers: BenchServers, input: BenchInput): Promise<Figure[]> {
  const { archive, different } = input;
  if (different === null) return [];
  const stack = await Stack.start(servers, { WORKER_CONCURRENCY: '2' });
  try {
    const ratios: number[] = [];
    const toHalf: number[] = [];
    const processes = [stack.worker, stack.uploadApi, servers.postgres, servers.redis].map(({ pid }) => pid);
    for (let round = 0; round <= input.rounds; round++) {
      await stack.forget();
      const alone = await timed(() => ingest(stack, archive));
      await stack.forget();
      const both = await timed(() => Promise.all([ingest(stack, archive), ingest(stack, different)]));
      ratios.push((2 * alone) / both);
      await stack.forget();
      const aloneOnHalf = await onHalfTheCores(processes, () => timed(() => ingest(stack, archive)));
      if (aloneOnHalf !== null) toHalf.push((2 * aloneOnHalf) / both);
    }
    const figure = (id: string, of: string, values: readonly number[]): Figure => ({
      id: `ingest/${input.name}/${id}`,
      what: `two different archives at once, over the throughput of one${of}, ${input.name}`,
      value: median(values),
      unit: 'x',
      bar: { least: 1.7 },
    });
    return [
      figure('two-at-once', '', ratios.slice(1)),
      ...(toHalf.length > 1 ? [figure('two-at-once-to-half', ' on half of the cores', toHalf.slice(1))] : []),
    ];
  } finally {
    await stack.stop();
  }
}

async function measureRound(
  servers: BenchServers,
  stack: Stack,
  input: BenchInput & { anew: string | null },
  files: readonly Buffer[],
): Promise<Round> {
  await stack.forget();
  const empty = await servers.databaseBytes();
  const start = performance.now();
  const first = await ingest(stack, input.archive);
  const uploadToComplete = performance.now() - start;
  const afterFirst = await servers.databaseBytes();
  const again = await ingest(stack, input.archive);
  const anew = input.anew === null ? null : await ingest(stack, input.anew);
  for (const run of [again, anew])
    if (run && run.reused !== run.files) throw new Error('What is unchanged was parsed again.');
  const afterAgain = await servers.databaseBytes();
  const rows = await stanzaRowsOf(servers.database);
  const changed = input.changed === null ? null : await ingest(stack, input.changed);
  return {
    baselines: await measureBaselines(servers.database, input.archive, files, rows),
    first: first.seconds * 1000,
    uploadToComplete,
    again: again.seconds * 1000,
    anew: anew && anew.seconds * 1000,
    changed: changed && changed.seconds * 1000,
    childPeakBytes: Math.max(first.childPeakBytes, anew?.childPeakBytes ?? 0),
    firstBytes: afterFirst - empty,
    againBytes: afterAgain - afterFirst,
  };
}

/** The rounds that count, each with the mean of the baselines before and behind it: the machine's speed drifts meanwhile. */
function around([before, ...rounds]: readonly Round[]): Round[] {
  let last = before;
  return rounds.map((round) => {
    const baselines = last ? meanOf(last.baselines, round.baselines) : round.baselines;
    last = round;
    return { ...round, baselines };
  });
}

function meanOf(a: Baselines, b: Baselines): Baselines {
  const mean = (of: (one: Baselines) => number): number => (of(a) + of(b)) / 2;
  return {
    gunzip: mean(({ gunzip }) => gunzip),
    sha256: mean(({ sha256 }) => sha256),
    scan: mean(({ scan }) => scan),
    copy: mean(({ copy }) => copy),
  };
}

async function ingest(stack: Stack, archive: string): Promise<FinishedRun> {
  return stack.completed(await stack.upload(archive, 'etc.tar.gz'));
}

function figuresOf(
  input: BenchInput,
  rounds: readonly Round[],
  textBytes: number,
  parentPeak: number | null,
): Figure[] {
  const id = (name: string): string => `ingest/${input.name}/${name}`;
  const mib = (bytes: number): number => bytes / 1024 / 1024;
  const time = (
    name: string,
    what: string,
    of: (round: Round) => number,
    to?: string,
    base?: (round: Round) => number,
    most?: number,
  ): Figure => ({
    id: id(name),
    what: `${what}, ${input.name}`,
    value: median(rounds.map(of)),
    unit: 'ms',
    spread: spread(rounds.map(of)),
    ...(to === undefined || !base ? {} : { ratio: { to, value: median(rounds.map((r) => of(r) / base(r))) } }),
    ...(most === undefined ? {} : { bar: { most } }),
  });
  const isLarge = textBytes > LARGE_BYTES;
  const size = (name: string, what: string, bytes: number, most?: number): Figure => ({
    id: id(name),
    what: `${what}, ${input.name}`,
    value: mib(bytes),
    unit: 'MiB',
    ...(most === undefined ? {} : { bar: { most } }),
  });
  return [
    size('archive', 'the archive', statSync(input.archive).size),
    size('text', 'its conf and meta files', textBytes),
    time('gunzip', 'baseline: gunzip', (r) => r.baselines.gunzip),
    time('sha256', 'baseline: SHA-256 of the text', (r) => r.baselines.sha256),
    time('scan', 'baseline: simplest scan', (r) => r.baselines.scan),
    time('copy', 'baseline: COPY of our rows, no index', (r) => r.baselines.copy),
    time(
      'first',
      'a first run',
      (r) => r.first,
      'gunzip + COPY',
      (r) => r.baselines.gunzip + r.baselines.copy,
      6,
    ),
    time(
      'first-over-scan',
      'a first run',
      (r) => r.first,
      'gunzip + scan + COPY',
      (r) => r.baselines.gunzip + r.baselines.scan + r.baselines.copy,
      isLarge ? 2 : undefined,
    ),
    time('upload-to-complete', 'from the upload to the commit', (r) => r.uploadToComplete),
    time(
      'again',
      'the same archive again',
      (r) => r.again,
      'gunzip + SHA-256',
      (r) => r.baselines.gunzip + r.baselines.sha256,
      isLarge ? 1.5 : undefined,
    ),
    ...(input.changed === null
      ? []
      : [
          time(
            'anew',
            'the same files, packed anew',
            (r) => r.anew ?? NaN,
            'gunzip + SHA-256',
            (r) => r.baselines.gunzip + r.baselines.sha256,
          ),
          time(
            'changed',
            'with 1 % of the files edited',
            (r) => r.changed ?? NaN,
            'the one packed anew',
            (r) => r.anew ?? NaN,
            isLarge ? 1.15 : undefined,
          ),
        ]),
    size('child-peak', 'peak memory of the parsing process', Math.max(...rounds.map((r) => r.childPeakBytes)), 256),
    ...(parentPeak === null ? [] : [size('parent-peak', 'peak memory of the worker', parentPeak, 120)]),
    share('first-bytes', 'database bytes of a first run', 'of the text', (r) => r.firstBytes / textBytes, 250),
    share('again-bytes', 'more for the unchanged ones', 'of the first', (r) => r.againBytes / r.firstBytes, 2),
  ];

  function share(name: string, what: string, of: string, value: (round: Round) => number, most: number): Figure {
    const percent = 100 * median(rounds.map(value));
    return {
      id: id(name),
      what: `${what}, ${of}, ${input.name}`,
      value: percent,
      unit: '%',
      ...(isLarge ? { bar: { most } } : {}),
    };
  }
}

/** The bars on ratios speak of archives of this size; below it, fixed costs and the clock's grain weigh more. */
const LARGE_BYTES = 20 * 1000 * 1000;
