import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calmRun } from './calm-run.ts';
import { CleanUps } from './clean-ups.ts';
import { injectFaults } from './faults/inject-faults.ts';
import { planFaults } from './faults/schedule.ts';
import { SECRET } from './load/archives.ts';
import { LoadPace } from './load/load-pace.ts';
import { planLoad } from './load/load-plan.ts';
import { ArchiveShelf, sendLoad } from './load/send-load.ts';
import { type Accepted, Sender } from './load/sender.ts';
import type { StormOptions } from './options.ts';
import { Servers } from './system/servers.ts';
import { root } from './system/service.ts';
import { Storage } from './system/storage.ts';
import { System } from './system/system.ts';
import { FencedWrites } from './verdict/fenced-writes.ts';
import { judge } from './verdict/judge.ts';
import { leftAfterStop } from './verdict/leftovers.ts';
import type { HappenedFault } from './verdict/recovery.ts';
import { brokenInvariants, scoreboard, type Verdict } from './verdict/scoreboard.ts';

/** Faults of which some find nothing to hit are planned in this much excess. */
const PLAN_EXCESS = 3;

export interface StormResult {
  verdict: Verdict;
  /** Logs, plan and scoreboard, where they were kept; null when they were not. */
  folder: string | null;
}

/**
 * Runs the load once calmly and once in a storm of faults, and compares. Keeps the logs when an invariant broke.
 *
 * @param cleanUps gets what is started; whoever has to end early runs it
 */
export async function runStorm(
  options: StormOptions,
  print: (line: string) => void,
  cleanUps: CleanUps = new CleanUps(),
): Promise<StormResult> {
  const folder = join(root, '.confscope', 'chaos', `seed-${options.seed}-${Date.now()}`);
  await mkdir(folder, { recursive: true });
  let keep = true;
  try {
    const servers = await Servers.start();
    cleanUps.add(() => servers.remove());
    const verdict = await calmAndStorm(options, servers, folder, cleanUps, print);
    await writeFile(join(folder, 'verdict.json'), JSON.stringify({ options, verdict }, null, 1));
    await writeFile(join(folder, 'scoreboard.txt'), `${scoreboard(verdict)}\n`);
    keep = options.keepLogs || brokenInvariants(verdict).length > 0;
    return { verdict, folder: keep ? folder : null };
  } finally {
    await cleanUps.run();
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
}

async function calmAndStorm(
  options: StormOptions,
  servers: Servers,
  folder: string,
  cleanUps: CleanUps,
  print: (line: string) => void,
): Promise<Verdict> {
  const { seed, runs, faults: count, workers, env, sizeFactor, leaseMs } = options;
  const plan = planLoad(seed, runs);
  const shelf = new ArchiveShelf(plan, sizeFactor);
  const systemIn = async (place: string, database: string) => {
    const storage = await Storage.at(place);
    cleanUps.add(() => storage.remove());
    const system = await System.start({ servers, storage, database, folder: place, workers, env });
    cleanUps.add(() => system.stop());
    return system;
  };
  const startedAt = Date.now();
  print(`Seed ${seed}: ${runs} uploads of ${plan.archives.length} archives, ${count} faults. First a calm run …`);
  const calm = await systemIn(join(folder, 'calm'), 'calm');
  const expected = await calmRun(calm, plan, shelf);
  await calm.stop();
  await servers.onRedis((redis) => redis.flushall());
  const stormedAt = Date.now();
  print(`The calm run took ${((stormedAt - startedAt) / 1000).toFixed(0)} s. Now the storm …`);
  const system = await systemIn(folder, 'storm');
  const fenced = new FencedWrites(system.workers);
  const { accepted, faults, complaints } = await storm(system, options, plan, shelf, folder, print);
  const settlingAt = Date.now();
  print(`The faults are over, ${accepted.length} uploads are accepted. Waiting until every run has ended …`);
  const verdict = await judge({ system, expected, accepted, faults, seed, leaseMs, print });
  verdict.fencedWrites = await fenced.end();
  verdict.wrong.push(...complaints, ...(await secretsInLogs(system)));
  await Promise.all(system.services.map((service) => service.stop()));
  verdict.orphaned.push(...(await leftAfterStop(system)));
  verdict.seconds = {
    calm: (stormedAt - startedAt) / 1000,
    storm: (settlingAt - stormedAt) / 1000,
    settling: (Date.now() - settlingAt) / 1000,
  };
  return verdict;
}

async function storm(
  system: System,
  options: StormOptions,
  plan: ReturnType<typeof planLoad>,
  shelf: ArchiveShelf,
  folder: string,
  print: (line: string) => void,
): Promise<{ accepted: Accepted[]; faults: HappenedFault[]; complaints: string[] }> {
  const { seed, runs, faults: count, leaseMs, gapMs, only } = options;
  const accepted: Accepted[] = [];
  const load = new LoadPace(runs, count);
  const sender = new Sender({
    uploadUrl: system.uploadApi.url,
    keyPrefix: `seed-${seed}`,
    retryMs: 500,
    patienceMs: leaseMs,
    onAccepted: (one) => {
      accepted.push(one);
      load.accepted();
    },
  });
  const watch = setInterval(() => system.workers.forEach((worker) => worker.children()), 5_000);
  const log: string[] = [];
  const injecting = injectFaults(planFaults(seed, count * PLAN_EXCESS, gapMs, only), {
    system,
    leaseMs,
    load,
    count,
    onOver: (fault) => {
      const { n, kind, target, startedAt, endedAt, skipped } = fault;
      log.push(`${new Date(startedAt).toISOString()} ${endedAt - startedAt} ms #${n} ${kind}: ${skipped ?? target}`);
      if (log.length % 25 === 0) print(`${log.length} faults, ${accepted.length} uploads accepted …`);
    },
  }).finally(() => load.faultsAreOver());
  try {
    const [, faults] = await Promise.all([sendLoad(plan.uploads, shelf, sender, (n) => load.untilMayGo(n)), injecting]);
    return { accepted, faults, complaints: sender.complaints };
  } finally {
    clearInterval(watch);
    await writeFile(join(folder, 'faults.log'), log.sort().join('\n'));
  }
}

/** No value of a secret setting may be in any log. */
async function secretsInLogs(system: System): Promise<string[]> {
  const found: string[] = [];
  for (const { name, definition } of system.services)
    if ((await readFile(definition.logFile, 'utf8')).includes(SECRET)) found.push(`the log of ${name} shows a secret`);
  return found;
}
