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

/** A question about a run. */
export interface Read {
  name: 'run' | 'stanzas' | 'effective';
  what: string;
  path: string;
  /** How long the answer may take, 95 times of a hundred, in milliseconds. */
  mostMs: number;
}

/** What people and programs ask of the run that was stored last. */
export async function readsOf(servers: BenchServers, runId: number): Promise<Read[]> {
  const filter = await lastSetting(servers);
  const run = `/v1/runs/${runId}`;
  return [
    { name: 'run', what: 'the run', path: run, mostMs: 20 },
    { name: 'stanzas', what: 'stanzas by key and value', path: `${run}/stanzas?${filter.toString()}`, mostMs: 100 },
    // The made apps set so much in [default] that repeating it under each stanza would be more than is sent at once.
    { name: 'effective', what: 'what wins in props', path: `${run}/effective/props?own=true`, mostMs: 300 },
  ];
}

/** How long the answer takes, 95 times of a hundred, in milliseconds. The first one is not counted. */
export async function readP95(url: string): Promise<number> {
  const times: number[] = [];
  for (let read = 0; read <= READS; read++)
    times.push(
      await timed(async () => {
        const response = await fetch(url);
        const body = await response.text();
        if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body}`);
      }),
    );
  return quantile(times.slice(1), 0.95);
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

/** Key and value of a setting of the file that was stored last: a search has to come a long way to it. */
async function lastSetting(servers: BenchServers): Promise<URLSearchParams> {
  const [setting] = await servers.database.rows<{ key: string; value: string }>(
    `select settings -> 0 ->> 0 as key, settings -> 0 ->> 1 as value from stanzas
      where jsonb_array_length(settings) > 0 order by file_id desc, ordinal desc limit 1`,
  );
  return new URLSearchParams({ key: setting?.key ?? '', value: setting?.value ?? '' });
}
