import { parseArgs } from 'node:util';

export const VERBS = ['conf', 'ingest', 'query', 'queue', 'upload'] as const;
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
  json: string;
  /** A report to compare with. */
  compare: string | null;
}

export const USAGE = `npm run bench -- [${VERBS.join('|')}] [options]

  --apps 10,300,4800   sizes of the archives to make
  --rounds N           how often to measure each thing
  --archive FILE       measure this archive in place of made ones
  --upload-mib 512     size of the large upload
  --json FILE          where the report goes (.confscope/bench.json)
  --compare FILE       show what has changed since that report`;

/** Reads the command line; throws an error whose message is a sentence and the usage. */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const verbs = positionals.map((word) => VERBS.find((verb) => verb === word) ?? refuse(`"${word}" is no benchmark.`));
  return {
    verbs: verbs.length === 0 ? VERBS : verbs,
    apps: (values.apps ?? '10,300,4800').split(',').map((apps) => count('--apps', apps)),
    rounds: values.rounds === undefined ? null : count('--rounds', values.rounds),
    archive: values.archive ?? null,
    uploadMib: count('--upload-mib', values['upload-mib'] ?? '512'),
    json: values.json ?? '.confscope/bench.json',
    compare: values.compare ?? null,
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { apps: text, rounds: text, archive: text, 'upload-mib': text, json: text, compare: text },
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
