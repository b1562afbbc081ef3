import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { madeEtc } from '../corpus/made-etc.ts';
import { packEtc } from '../corpus/pack-etc.ts';
import { drawCharts, type Line } from '../growth/line-chart.ts';
import type { BenchOptions } from '../options.ts';
import type { Figure } from '../report.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { readsOf, storeOthers, timesOf } from '../stack/run-reads.ts';
import { ServiceProcess } from '../stack/service-process.ts';
import { Stack } from '../stack/stack.ts';

const MIB = 1024 * 1024;
/** The run that is asked for while others are stored beside it. */
const READ_APPS = 300;
const OTHER_RUNS = 5_000;
/** Shares of the other runs, after each of which is measured. */
const STEPS = [0.02, 0.1, 0.4, 1];

/** How time, memory and storage grow with the size of an upload and with the number of runs; draws a picture of it. */
export async function benchGrowth(servers: BenchServers, options: BenchOptions): Promise<Figure[]> {
  const byApps = await growthByApps(servers, options.apps);
  const byRuns = await growthByRuns(servers, options.otherRuns || OTHER_RUNS);
  mkdirSync(dirname(options.picture), { recursive: true });
  writeFileSync(
    options.picture,
    drawCharts([
      { title: 'One upload', along: 'apps in it', lines: byApps },
      { title: `Reading a run of ${READ_APPS} apps`, along: 'other runs stored', lines: byRuns },
    ]),
  );
  console.log(`\nThe picture is in ${options.picture}.`);
  return [...figuresOf('apps', byApps), ...figuresOf('runs', byRuns)];
}

async function growthByApps(servers: BenchServers, sizes: readonly number[]): Promise<Line[]> {
  const lines = {
    first: line('first run', 'ms'),
    again: line('same archive', 'ms'),
    anew: line('packed anew', 'ms'),
    memory: line('parsing process', 'MiB'),
    database: line('database', 'MiB'),
    archive: line('archive', 'MiB'),
  };
  const stack = await Stack.start(servers);
  try {
    for (const apps of sizes) {
      const archive = join(servers.folder, `growth-${apps}.tar.gz`);
      await packEtc(madeEtc(apps), archive);
      // The first is for the compiler and the page cache.
      await stack.completed(await stack.upload(archive, 'etc.tar.gz'));
      await stack.forget();
      const empty = await servers.databaseBytes();
      const first = await stack.completed(await stack.upload(archive, 'etc.tar.gz'));
      lines.first.points.push({ x: apps, y: first.seconds * 1000 });
      lines.memory.points.push({ x: apps, y: first.childPeakBytes / MIB });
      lines.database.points.push({ x: apps, y: ((await servers.databaseBytes()) - empty) / MIB });
      lines.archive.points.push({ x: apps, y: statSync(archive).size / MIB });
      const again = await stack.completed(await stack.upload(archive, 'etc.tar.gz'));
      lines.again.points.push({ x: apps, y: again.seconds * 1000 });
      await packEtc(madeEtc(apps), archive, new Date(1000));
      const anew = await stack.completed(await stack.upload(archive, 'etc.tar.gz'));
      lines.anew.points.push({ x: apps, y: anew.seconds * 1000 });
    }
  } finally {
    await stack.stop();
  }
  return Object.values(lines);
}

async function growthByRuns(servers: BenchServers, others: number): Promise<Line[]> {
  const stack = await Stack.start(servers, { WORKER_CONCURRENCY: '4' });
  const statusApi = await ServiceProcess.start('status-api', servers.env);
  try {
    await stack.forget();
    const archive = join(servers.folder, 'growth-read.tar.gz');
    await packEtc(madeEtc(READ_APPS), archive);
    const { id } = await stack.completed(await stack.upload(archive, 'etc.tar.gz'));
    const reads = await readsOf(servers, id);
    const lines = reads.map(({ what }) => line(what, 'ms'));
    const database = line('database', 'MiB');
    let stored = 0;
    for (const share of STEPS) {
      const wanted = Math.max(1, Math.round(others * share));
      await storeOthers(servers, stack, wanted - stored, stored);
      stored = wanted;
      for (const [at, read] of reads.entries())
        lines[at]?.points.push({ x: stored, y: (await timesOf(statusApi.url, read)).p95 });
      database.points.push({ x: stored, y: (await servers.databaseBytes()) / MIB });
    }
    return [...lines, database];
  } finally {
    await statusApi.stop();
    await stack.stop();
  }
}

type OpenLine = Line & { points: { x: number; y: number }[] };
const line = (label: string, unit: 'ms' | 'MiB'): OpenLine => ({ label, unit, points: [] });

function figuresOf(along: string, lines: readonly Line[]): Figure[] {
  return lines.flatMap(({ label, unit, points }) =>
    points.map(({ x, y }) => ({
      id: `growth/${along}/${x}/${label}`,
      what: `${label}, ${x} ${along}`,
      value: y,
      unit,
    })),
  );
}
