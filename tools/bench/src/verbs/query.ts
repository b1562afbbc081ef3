import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';
import { timed } from '../stack/baselines.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { ServiceProcess } from '../stack/service-process.ts';
import { Stack } from '../stack/stack.ts';
import { quantile } from '../statistics.ts';

const READS = 40;

/** What people and programs ask of a run, over HTTP, and how long deleting it takes. */
export async function benchQuery(servers: BenchServers, input: BenchInput): Promise<Figure[]> {
  const stack = await Stack.start(servers);
  const statusApi = await ServiceProcess.start('status-api', servers.env);
  try {
    await stack.forget();
    const { id } = await stack.completed(await stack.upload(input.archive, 'etc.tar.gz'));
    await servers.database.rows('analyze');
    const filter = await lastSetting(servers);
    const figures: Figure[] = [];
    for (const [name, what, path, most] of [
      ['run', 'the run', `/v1/runs/${id}`, 20],
      ['stanzas', 'stanzas by key and value', `/v1/runs/${id}/stanzas?${filter.toString()}`, 100],
      ['effective', 'what wins in props', `/v1/runs/${id}/effective/props`, 300],
    ] as const) {
      const times = await readTimes(`${statusApi.url}${path}`);
      figures.push({
        id: `query/${input.name}/${name}`,
        what: `${what}, p95, ${input.name}`,
        value: quantile(times, 0.95),
        unit: 'ms',
        bar: { most },
      });
    }
    const deleteMs = await timed(() => remove(`${stack.uploadApi.url}/v1/runs/${id}`));
    figures.push({
      id: `query/${input.name}/delete`,
      what: `deleting the run, ${input.name}`,
      value: deleteMs,
      unit: 'ms',
      bar: { most: 2000 },
    });
    return figures;
  } finally {
    await statusApi.stop();
    await stack.stop();
  }
}

/** Key and value of a setting of the file that was stored last: a search has to come a long way to it. */
async function lastSetting(servers: BenchServers): Promise<URLSearchParams> {
  const [setting] = await servers.database.rows<{ key: string; value: string }>(
    `select settings -> 0 ->> 0 as key, settings -> 0 ->> 1 as value from stanzas
      where jsonb_array_length(settings) > 0 order by file_id desc, ordinal desc limit 1`,
  );
  return new URLSearchParams({ key: setting?.key ?? '', value: setting?.value ?? '' });
}

async function readTimes(url: string): Promise<number[]> {
  const times: number[] = [];
  for (let read = 0; read <= READS; read++)
    times.push(
      await timed(async () => {
        const response = await fetch(url);
        const body = await response.text();
        if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body}`);
      }),
    );
  return times.slice(1);
}

async function remove(url: string): Promise<void> {
  const response = await fetch(url, { method: 'DELETE' });
  if (!response.ok) throw new Error(`The run was not deleted: ${await response.text()}`);
}
