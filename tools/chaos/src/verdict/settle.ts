import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../system/system.ts';

/** A run that has not ended though it could have. */
export interface StuckRun {
  id: number;
  what: string;
}

/** So many waiting runs are asked about. */
const MOST_EXPLAINED = 50;

interface OpenRuns extends Record<string, unknown> {
  open: number;
  /** In ms from now; null when no run waits for a time. */
  due_in_ms: number | null;
}

const OPEN = `
  select count(*)::int as open,
         (extract(epoch from max(next_attempt_at) filter (where status = 'stored') - now()) * 1000)::float8 as due_in_ms
    from runs where status in ('pending', 'stored', 'parsing')`;

/**
 * Waits until every run has ended.
 *
 * @param graceMs how long the last of them may take once nothing is left that it waits for
 * @returns the runs that did not, each with what the system itself says about the reason
 */
export async function untilSettled(
  system: System,
  graceMs: number,
  onOpen: (open: number) => void,
): Promise<StuckRun[]> {
  let deadline = Date.now() + graceMs;
  let fewest = Infinity;
  for (;;) {
    const rows = await system.rowsIfThere<OpenRuns>(OPEN);
    const { open = Infinity, due_in_ms: dueInMs = null } = rows?.[0] ?? {};
    if (open === 0) return [];
    onOpen(open);
    if (dueInMs !== null) deadline = Math.max(deadline, Date.now() + dueInMs + graceMs);
    if (open < fewest) {
      fewest = open;
      deadline = Math.max(deadline, Date.now() + graceMs);
    }
    if (Date.now() > deadline) return stuckRuns(system);
    await sleep(250);
  }
}

async function stuckRuns(system: System): Promise<StuckRun[]> {
  const rows = await system.rows<{ id: number; row: string }>(
    `select id::int, (to_jsonb(r) - 'notes' - 'error_traceback')::text as row
       from runs r where status in ('pending', 'stored', 'parsing') order by id`,
  );
  return Promise.all(
    rows.map(async ({ id, row }) => ({ id, what: `run ${id}: ${await explanationOf(system, id)} — ${row}` })),
  );
}

/** Runs that have not ended and of which the system cannot say why, a sentence each. */
export async function unexplainedRuns(system: System): Promise<string[]> {
  const rows = await system.rows<{ id: number }>(
    `select id::int from runs where status in ('pending', 'stored', 'parsing') order by id limit $1`,
    [MOST_EXPLAINED],
  );
  const answers = await Promise.all(rows.map(async ({ id }) => ({ id, text: await explanationOf(system, id) })));
  return answers.flatMap(({ id, text }) =>
    /"reason":"\w+"/.test(text) ? [] : [`run ${id} waits for no known reason: ${text}`],
  );
}

/** What the system says about why the run is not running. */
async function explanationOf(system: System, runId: number): Promise<string> {
  const response = await fetch(`${system.statusApi.url}/v1/runs/${runId}/explain`, {
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  return response ? response.text() : 'no explanation could be had';
}
