import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BenchInput, benchInputs } from './bench-input.ts';
import { BadOptions, type BenchOptions, readOptions, type Verb } from './options.ts';
import { type Figure, readReport, reportOf, tableOf, writeReport } from './report.ts';
import { BenchServers } from './stack/bench-servers.ts';
import { benchConf } from './verbs/conf.ts';
import { benchGrowth } from './verbs/growth.ts';
import { benchIngest, benchTwoAtOnce } from './verbs/ingest.ts';
import { benchLayers } from './verbs/layers.ts';
import { benchQuery } from './verbs/query.ts';
import { benchQueue } from './verbs/queue.ts';
import { benchTracing } from './verbs/tracing.ts';
import { benchUpload } from './verbs/upload.ts';

/** Benchmarks of an archive: they are run for each of them. */
const OF_ARCHIVES: Partial<Record<Verb, (servers: BenchServers, input: BenchInput) => Promise<Figure[]>>> = {
  conf: async (_servers, input) => [...(await benchConf(input)), ...(await benchLayers(input))],
  ingest: async (servers, input) => [...(await benchIngest(servers, input)), ...(await benchTwoAtOnce(servers, input))],
  query: benchQuery,
  tracing: benchTracing,
};
const ROUNDS = 3;

/** Benchmarks of the services themselves: once. */
const OF_SERVICES: Partial<Record<Verb, (servers: BenchServers, options: BenchOptions) => Promise<Figure[]>>> = {
  growth: benchGrowth,
  queue: (servers, { rounds }) => benchQueue(servers, rounds ?? ROUNDS),
  upload: (servers, { uploadMib, rounds }) => benchUpload(servers, uploadMib, rounds ?? ROUNDS),
};

/** Measures what the options ask for, prints each part as soon as it is known, and writes the report. */
async function bench(options: BenchOptions): Promise<void> {
  const earlier = options.compare === null ? undefined : readReport(options.compare);
  const figures: Figure[] = [];
  const show = (more: Figure[]): void => {
    if (more.length === 0) return;
    figures.push(...more);
    console.log(`\n${tableOf(more, earlier)}`);
  };
  const servers = await BenchServers.start();
  const stop = (): void => void servers.stop().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    for (const verb of options.verbs) show((await OF_SERVICES[verb]?.(servers, options)) ?? []);
    const needsArchives = options.verbs.some((verb) => verb in OF_ARCHIVES);
    if (needsArchives) console.log('\nMaking the archives …');
    for (const input of needsArchives ? await benchInputs(options, servers.folder) : [])
      for (const verb of options.verbs) show((await OF_ARCHIVES[verb]?.(servers, input)) ?? []);
  } finally {
    await servers.stop();
  }
  mkdirSync(dirname(options.json), { recursive: true });
  writeReport(options.json, reportOf(figures, new Date()));
  console.log(
    `\nThe figures are in ${options.json}; compare a later run with: npm run bench -- --compare ${options.json}`,
  );
}

try {
  await bench(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof BadOptions ? error.message : error);
  process.exitCode = 1;
}
