import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantile } from '../statistics.ts';
import { timed } from './baselines.ts';
import type { BenchServers } from './bench-servers.ts';
import type { Stack } from './stack.ts';

const READS = 40;
/** What other runs are of, and how many are put at once. */
const OTHER_FILE = '[monitor:///var/log/messages]\nindex = main\nsourcetype = syslog\n';
const UPLOADS_AT_ONCE = 16;

/** Something that is asked of a run, with other parameters each time: what was kept of one answer helps the next little. */
export interface Read {
  name: 'run' | 'stanzas' | 'effective';
  what: string;
  paths: readonly string[];
  /** How long the answer may take, 95 times of a hundred, in milliseconds. */
  mostMs: number;
}

/** How long answers took, in milliseconds. */
export interface ReadTimes {
  /** The very first one, which also compiles and connects. It is not counted below. */
  first: number;
  /** 95 of a hundred took less. */
  p95: number;
}

/** What people and programs ask of the run that was stored last. */
export async function readsOf(servers: BenchServers, runId: number): Promise<Read[]> {
  const run = `/v1/runs/${runId}`;
  const searches = await searchesOf(servers);
  return [
    { name: 'run', what: 'the run', paths: [run], mostMs: 20 },
    {
      name: 'stanzas',
      what: 'stanzas by key and value',
      paths: searches.map((search) => `${run}/stanzas?${search.toString()}`),
      mostMs: 100,
    },
    {
      name: 'effective',
      what: 'what wins in props',
      paths: ['own=true', '', 'prefix=a', 'key=TRUNCATE', `own=true&cursor=${cursorAt(1000)}`].map(
        (query) => `${run}/effective/props?${query}`,
      ),
      mostMs: 300,
    },
  ];
}

/** Asks `read` of the service, each of its paths as often as the others. */
export async function timesOf(serviceUrl: string, { paths }: Read): Promise<ReadTimes> {
  const times: number[] = [];
  for (let read = 0; read <= READS; read++) {
    const url = serviceUrl + (paths[read % paths.length] ?? '');
    times.push(
      await timed(async () => {
        const response = await fetch(url);
        const body = await response.text();
        if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body}`);
      }),
    );
  }
  const [first = NaN, ...others] = times;
  return { first, p95: quantile(others, 0.95) };
}

/** Stores more runs, each of a file of its own; the first of them is number `from`. */
export async function storeOthers(servers: BenchServers, stack: Stack, count: number, from = 0): Promise<void> {
  const ids: number[] = [];
  let next = from;
  const uploader = async (at: number): Promise<void> => {
    const file = join(servers.folder, `other-${at}.conf`);
    while (next < from + count) {
      writeFileSync(file, `${OTHER_FILE}# ${next++}\n`);
      ids.push(await stack.upload(file, 'inputs.conf', { type: 'single_conf' }));
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, (_, at) => uploader(at)));
  await stack.allCompleted(ids);
  await servers.database.rows('analyze');
}

/**
 * Keys and values to look for: those of the setting that was stored last, to which it is a long way; of settings here and
 * there, rare and frequent ones; and pairs that no setting has, for which everything has to be asked.
 */
async function searchesOf(servers: BenchServers): Promise<URLSearchParams[]> {
  const found = await servers.database.rows<{ key: string; value: string }>(
    `select settings -> 0 ->> 0 as key, settings -> 0 ->> 1 as value from (
       (select settings from stanzas where jsonb_array_length(settings) > 0 order by file_id desc, ordinal desc limit 1)
       union all
       (select settings from stanzas where jsonb_array_length(settings) > 0 and length(settings -> 0 ->> 1) < 200
         order by md5(file_id || '/' || ordinal) limit 8)
     ) s`,
  );
  const absent = found.slice(-3).map(({ key }) => ({ key, value: 'what nobody sets' }));
  return [...found, ...absent].map((search) => new URLSearchParams(search));
}

/** The cursor of a list that begins at this item. */
const cursorAt = (start: number): string => Buffer.from(JSON.stringify([start])).toString('base64url');
