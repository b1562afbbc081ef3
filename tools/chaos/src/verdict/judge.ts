import type { Expected } from '../calm-run.ts';
import type { Accepted } from '../load/sender.ts';
import type { System } from '../system/system.ts';
import { digestsOf } from './digests.ts';
import { leftoversOf } from './leftovers.ts';
import { type HappenedFault, recoverySamples } from './recovery.ts';
import type { Verdict } from './scoreboard.ts';
import { unexplainedRuns, untilSettled } from './settle.ts';
import { faultsOfStoredState } from './stored-state.ts';

export interface Evidence {
  system: System;
  expected: Expected;
  accepted: readonly Accepted[];
  faults: readonly HappenedFault[];
  seed: number;
  leaseMs: number;
  print: (line: string) => void;
}

interface RunRow extends Record<string, unknown> {
  id: number;
  status: string;
  error_type: string | null;
  error_message: string | null;
}

/** A run that nothing happens to for so many leases, and at least so long, is stuck. */
const GRACE_LEASES = 6;
const MIN_GRACE_MS = 60_000;
/** Uploads that broke off are swept every ten seconds. */
const MIN_TIDY_MS = 30_000;
/** What services clear away only after long silence is made this old. */
const AGE_MS = 2 * 60 * 60 * 1000;

/** Waits until the system has come to rest, and compares what it did with what it promised. */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const { system, expected, accepted, faults, seed, leaseMs, print } = evidence;
  await Promise.all(system.services.map((service) => service.untilReady()));
  await letTimePass(system);
  const unexplained = await unexplainedRuns(system);
  let said = Date.now();
  const stuck = await untilSettled(system, Math.max(MIN_GRACE_MS, GRACE_LEASES * leaseMs), (open) => {
    if (Date.now() - said < 15_000) return;
    said = Date.now();
    print(`${open} runs have not ended yet …`);
  });
  await collectArchives(system);
  const { orphaned, doubled } = await faultsOfStoredState(system);
  const rows = await system.rows<RunRow>('select id::int, status, error_type, error_message from runs');
  const verdict: Verdict = {
    seed,
    runs: accepted.length,
    ended: {},
    lost: lostRuns(rows, accepted, expected),
    doubled,
    stuck: stuck.map(({ what }) => what),
    orphaned: [...orphaned, ...(await leftoversOf(system, Math.max(MIN_TIDY_MS, GRACE_LEASES * leaseMs)))],
    fencedWrites: 0,
    wrong: [...unexplained, ...unforeseenEnds(system)],
    faults: [...faults],
    samples: await recoverySamples(system, faults, accepted),
    seconds: { calm: 0, storm: 0, settling: 0 },
  };
  const promised = new Set(accepted.map(({ runId }) => runId));
  for (const { id, status } of rows) if (promised.has(id)) verdict.ended[status] = (verdict.ended[status] ?? 0) + 1;
  verdict.doubled.push(...runsOfTwoUploads(accepted));
  verdict.wrong.push(...(await otherResults(system, rows, accepted, expected)));
  return verdict;
}

/** Lets hours go by for what a dead receiver left behind: uploads that are given up, files that are swept at the next start. */
async function letTimePass(system: System): Promise<void> {
  await system.storage.ageIncoming(AGE_MS);
  await system.rowsIfThere(
    `update runs set last_heartbeat = last_heartbeat - $1 * interval '1 ms' where status = 'pending'`,
    [AGE_MS],
  );
  await system.shiftClock(system.uploadApi, 0);
  await system.uploadApi.terminate();
  await system.uploadApi.untilReady();
}

/** Archives that could not be deleted are tried again every few minutes, and whenever a worker starts. */
async function collectArchives(system: System): Promise<void> {
  const [worker] = system.workers;
  await worker?.terminate();
  await worker?.untilReady();
}

/** Accepted runs that are gone, or ended otherwise than by their own fault. */
function lostRuns(rows: readonly RunRow[], accepted: readonly Accepted[], expected: Expected): string[] {
  const runs = new Map(rows.map((row) => [row.id, row]));
  return accepted.flatMap(({ runId, n, mayEnd, archive }) => {
    const run = runs.get(runId);
    if (!run) return [`run ${runId} (upload ${n}) is gone`];
    const { status, error_type: type, error_message: message } = run;
    if (status === 'pending' || status === 'stored' || status === 'parsing') return [];
    const calm = expected.archives.get(archive);
    const isExpected = (mayEnd as string[]).includes(status);
    const isOwnFault = status !== 'failed' || (type === 'permanent' && message === calm?.error);
    return isExpected && isOwnFault
      ? []
      : [`run ${runId} (upload ${n}) is ${status} and should be ${mayEnd.join(' or ')}: ${type} ${message}`];
  });
}

function runsOfTwoUploads(accepted: readonly Accepted[]): string[] {
  const uploads = new Map<number, number>();
  return accepted.flatMap(({ runId, n }) => {
    const other = uploads.get(runId);
    uploads.set(runId, n);
    return other === undefined ? [] : [`uploads ${other} and ${n} got the same run ${runId}`];
  });
}

/** Results that differ from those of the calm run. */
async function otherResults(
  system: System,
  rows: readonly RunRow[],
  accepted: readonly Accepted[],
  expected: Expected,
): Promise<string[]> {
  const { runs, files } = await digestsOf(system);
  const complete = new Set(rows.filter(({ status }) => status === 'complete').map(({ id }) => id));
  const wrong: string[] = [];
  for (const { runId, archive } of accepted)
    if (complete.has(runId) && runs.get(runId) !== expected.archives.get(archive)?.digest)
      wrong.push(`the result of run ${runId} differs from the calm run's of the same archive`);
  for (const [name, digest] of files)
    if (expected.files.get(name) !== digest) wrong.push(`the parsed file ${name} differs from the calm run's`);
  return wrong;
}

/** Services that were ready and ended though nobody had signalled them. */
const unforeseenEnds = (system: System): string[] =>
  system.services.flatMap((service) =>
    service.exits
      .filter((exit) => exit.wasReady && !exit.caused)
      .map(
        (exit) =>
          `${exit.service} (process ${exit.pid}) ended by itself with ${exit.end} at ${new Date(exit.at).toISOString()}`,
      ),
  );
