import { setTimeout as sleep } from 'node:timers/promises';
import { between, type FaultContext, type FaultKind } from './fault.ts';

/** How long the storm watches for a COPY to cut. */
const COPY_WAIT_MS = 8_000;

const postgresFault = (
  kind: string,
  weight: number,
  isOutage: boolean,
  work: (context: FaultContext) => Promise<{ target: string; skipped?: string }>,
): FaultKind => ({
  kind,
  weight,
  recovery: 'working',
  isOutage,
  inject: (context) =>
    context.resources.use(['postgres'], async () => {
      const startedAt = Date.now();
      const done = await work(context);
      return { ...done, startedAt, endedAt: Date.now() };
    }),
});

/** Ends one session that is in the middle of a COPY. */
async function cutCopy({ system }: FaultContext): Promise<{ target: string; skipped?: string }> {
  for (const deadline = Date.now() + COPY_WAIT_MS; Date.now() < deadline; await sleep(5)) {
    const rows = await system.rowsIfThere<{ query: string }>(
      `select left(query, 20) as query, pg_terminate_backend(pid)
         from pg_stat_activity
        where datname = current_database() and query ilike 'copy %' and state = 'active' and pid <> pg_backend_pid()
        limit 1`,
    );
    if (rows?.[0]) return { target: rows[0].query };
  }
  return { target: 'COPY', skipped: 'nothing was being copied' };
}

export const postgresFaults: readonly FaultKind[] = [
  postgresFault('PostgreSQL restarted', 2, true, async ({ system }) => {
    await system.servers.postgres.restart();
    return { target: 'in order' };
  }),
  postgresFault('PostgreSQL killed', 2, true, async ({ system }) => {
    // SIGQUIT is its immediate shutdown: nothing is written out, and it recovers from its log.
    system.servers.postgres.kill('SIGQUIT');
    await system.servers.postgres.restart();
    return { target: 'SIGQUIT' };
  }),
  postgresFault('connection cut in the middle of COPY', 5, false, cutCopy),
  postgresFault('all sessions of PostgreSQL cut', 2, false, async ({ system }) => {
    await system.rowsIfThere(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    return { target: 'pg_terminate_backend' };
  }),
  postgresFault('PostgreSQL frozen', 2, true, async ({ system, leaseMs, dice }) => {
    const ms = between(0.1 * leaseMs, 0.5 * leaseMs, dice[1]);
    system.servers.signalPostgres('SIGSTOP');
    await sleep(ms);
    system.servers.signalPostgres('SIGCONT');
    return { target: `for ${ms} ms` };
  }),
  postgresFault('table of runs locked', 1, true, async ({ system, leaseMs, dice }) => {
    const ms = between(0.1 * leaseMs, 0.4 * leaseMs, dice[1]);
    const client = await system.database.connect().catch(() => null);
    if (!client) return { target: 'runs', skipped: 'PostgreSQL was away' };
    try {
      await client.query('begin; lock table runs in access exclusive mode');
      await sleep(ms);
      await client.query('rollback');
      return { target: `for ${ms} ms` };
    } catch {
      return { target: 'runs', skipped: 'PostgreSQL went away' };
    } finally {
      client.release(true);
    }
  }),
];
