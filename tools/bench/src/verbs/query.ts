import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';
import { timed } from '../stack/baselines.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { readsOf, storeOthers, timesOf } from '../stack/run-reads.ts';
import { ServiceProcess } from '../stack/service-process.ts';
import { Stack } from '../stack/stack.ts';

/** What is asked of a run, over HTTP, also with other runs stored beside it, and how long deleting it takes. */
export async function benchQuery(servers: BenchServers, input: BenchInput): Promise<Figure[]> {
  const stack = await Stack.start(servers, { WORKER_CONCURRENCY: '4' });
  const statusApi = await ServiceProcess.start('status-api', servers.env);
  try {
    await stack.forget();
    const { id } = await stack.completed(await stack.upload(input.archive, 'etc.tar.gz'));
    await servers.database.rows('analyze');
    const reads = await readsOf(servers, id);
    const figures: Figure[] = [];
    const alone = new Map<string, number>();
    for (const read of reads) {
      const { name, what, mostMs } = read;
      const { first, p95 } = await timesOf(statusApi.url, read);
      alone.set(name, p95);
      figures.push(
        { id: `query/${input.name}/${name}/first`, what: `${what}, first, ${input.name}`, value: first, unit: 'ms' },
        {
          id: `query/${input.name}/${name}`,
          what: `${what}, p95, ${input.name}`,
          value: p95,
          unit: 'ms',
          bar: { most: mostMs },
        },
      );
    }
    if (input.otherRuns > 0) {
      await storeOthers(servers, stack, input.otherRuns);
      for (const read of reads) {
        const { name, what } = read;
        const { p95: value } = await timesOf(statusApi.url, read);
        figures.push({
          id: `query/${input.name}/${name}/beside`,
          what: `${what}, p95, beside ${input.otherRuns} other runs, ${input.name}`,
          value,
          unit: 'ms',
          ratio: { to: 'alone', value: value / (alone.get(name) ?? NaN) },
          bar: { most: 1.2 },
        });
      }
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

async function remove(url: string): Promise<void> {
  const response = await fetch(url, { method: 'DELETE' });
  if (!response.ok) throw new Error(`The run was not deleted: ${await response.text()}`);
}
