import { parseArgs } from 'node:util';

/** What is measured when nothing is named. */
const USUAL_VERBS = ['conf', 'ingest', 'query', 'queue', 'upload'] as const;
export const VERBS = [...USUAL_VERBS, 'growth', 'tracing'] as const;
export type Verb = (typeof VERBS)[number];

/** What the bench was asked to do. */
export interface BenchOptions {
  verbs: readonly Verb[];
  /** Sizes of the archives it makes, in apps. */
  apps: readonly number[];
  /** How often each thing is measured; null: as often as its size allows. */
  rounds: number | null;
  /** A tar, tar.gz or zip of one's own, measured in place of the made ones. */
  archive: string | null;
  /** Size of the large upload. */
  uploadMib: number;
  /** Runs that are stored beside the one that is read; 0 for none. */
  otherRuns: number;
  json: string;
  /** Where `growth` draws its picture. */
  picture: string;
  /** A report to compare with. */
  compare: string | null;
}

export const USAGE = `npm run bench -- [${VERBS.join('|')}] [options]

  --apps 10,300,4800   sizes of the archives to make (growth: 20000 as well)
  --rounds N           how often to measure each thing
  --archive FILE       measure this archive in place of made ones
  --upload-mib 512     size of the large upload
  --other-runs 5000    read once more with so many other runs stored
  --json FILE          where the report goes (.confscope/bench.json)
  --picture FILE       where the picture of growth goes (.confscope/growth.svg)
  --compare FILE       show what has changed since that report`;

/** Reads the command line; throws an error whose message is a sentence and the usage. */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const verbs = positionals.map((word) => VERBS.find((verb) => verb === word) ?? refuse(`"${word}" is no benchmark.`));
  return {
    verbs: verbs.length === 0 ? USUAL_VERBS : verbs,
    apps: (values.apps ?? (verbs.includes('growth') ? '10,300,4800,20000' : '10,300,4800'))
      .split(',')
      .map((apps) => count('--apps', apps)),
    rounds: values.rounds === undefined ? null : count('--rounds', values.rounds),
    archive: values.archive ?? null,
    uploadMib: count('--upload-mib', values['upload-mib'] ?? '512'),
    otherRuns: values['other-runs'] === undefined ? 0 : count('--other-runs', values['other-runs']),
    json: values.json ?? '.confscope/bench.json',
    picture: values.picture ?? '.confscope/growth.svg',
    compare: values.compare ?? null,
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        apps: text,
        rounds: text,
        archive: text,
        'upload-mib': text,
        'other-runs': text,
        json: text,
        picture: text,
        compare: text,
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function count(option: string, text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 100_000
    ? number
    : refuse(`${option} takes whole numbers from 1 to 100000, not "${text}".`);
}

function refuse(sentence: string): never {
  throw new BadOptions(`${sentence}\n\n${USAGE}`);
}

/** The command line is at fault; the message says how it should read. */
export class BadOptions extends Error {}
