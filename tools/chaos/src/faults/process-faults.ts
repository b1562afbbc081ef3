import { setTimeout as sleep } from 'node:timers/promises';
import { tryKill } from '../system/try-kill.ts';
import type { Service } from '../system/service.ts';
import type { System } from '../system/system.ts';
import { between, type FaultContext, type FaultKind, type Injected } from './fault.ts';

/** How long the storm waits for a worker to be in the middle of something before it hits it all the same. */
const VICTIM_WAIT_MS = 3_000;

/**
 * Workers that hold runs now, none of them of an archive that has lost a process before in any run: three lost processes
 * would be the archive's own fault.
 */
const BUSY = `
  select a.worker
    from attempts a join runs r on r.id = a.run_id
   where a.ended_at is null
   group by a.worker
  having not bool_or(exists (select from attempts b join runs s on s.id = b.run_id
                              where s.archive_sha256 = r.archive_sha256 and b.outcome in ('lost', 'crashed')))`;

async function isGoodVictim(system: System, worker: Service): Promise<boolean> {
  const rows = await system.rowsIfThere<{ worker: string }>(BUSY);
  return rows?.some((row) => row.worker.includes(`-${worker.pid}-`)) ?? false;
}

/** Hits a worker, one in the middle of a run if there is any. */
function onBusyWorker(
  { system, resources, dice }: FaultContext,
  also: readonly string[],
  work: (worker: Service) => Promise<Injected>,
): Promise<Injected> {
  return resources.useOneOf(system.workers, dice[0], also, async (worker) => {
    await worker.untilReady();
    const deadline = Date.now() + VICTIM_WAIT_MS;
    while (!(await isGoodVictim(system, worker))) {
      if (Date.now() > deadline) return skipped(worker.name, 'it held nothing that had not lost a process before');
      await sleep(20);
    }
    return work(worker);
  });
}

const skipped = (target: string, why: string): Injected => ({
  target,
  startedAt: Date.now(),
  endedAt: Date.now(),
  skipped: why,
});

/** Freezes processes for a while. */
async function freeze(pids: number[], ms: number): Promise<void> {
  for (const pid of pids) tryKill(pid, 'SIGSTOP');
  try {
    await sleep(ms);
  } finally {
    for (const pid of pids) tryKill(pid, 'SIGCONT');
  }
}

const killWorker: FaultKind = {
  kind: 'worker killed',
  weight: 5,
  recovery: 'taken-over',
  isOutage: false,
  inject: (context) =>
    onBusyWorker(context, [], async (worker) => {
      const { pid = 0 } = worker;
      const startedAt = Date.now();
      worker.signal('SIGKILL');
      await worker.untilReady();
      return { target: worker.name, startedAt, endedAt: startedAt, pid };
    }),
};

const killMachine: FaultKind = {
  kind: 'worker and its children killed',
  weight: 2,
  recovery: 'taken-over',
  isOutage: false,
  inject: (context) =>
    onBusyWorker(context, [], async (worker) => {
      const { pid = 0 } = worker;
      const children = worker.children();
      const startedAt = Date.now();
      worker.signal('SIGKILL');
      for (const child of children) tryKill(child, 'SIGKILL');
      await worker.untilReady();
      return { target: worker.name, startedAt, endedAt: startedAt, pid };
    }),
};

const killChild: FaultKind = {
  kind: 'parsing processes killed',
  weight: 4,
  recovery: 'taken-over',
  isOutage: false,
  inject: (context) =>
    onBusyWorker(context, [], (worker) => {
      const { pid = 0 } = worker;
      const children = worker.children();
      const startedAt = Date.now();
      for (const child of children) tryKill(child, 'SIGKILL');
      return Promise.resolve({ target: worker.name, startedAt, endedAt: startedAt, pid });
    }),
};

/** Longer than its lease: another worker takes over, and the late commit has to be refused. */
const freezeWorker: FaultKind = {
  kind: 'worker frozen past its lease',
  weight: 3,
  recovery: 'taken-over',
  isOutage: false,
  inject: (context) =>
    onBusyWorker(context, ['freezer'], async (worker) => {
      const { pid = 0 } = worker;
      const pids = [pid, ...worker.children()];
      const startedAt = Date.now();
      await freeze(pids, between(1.4 * context.leaseMs, 3 * context.leaseMs, context.dice[1]));
      return { target: worker.name, startedAt, endedAt: startedAt, pid };
    }),
};

/** Its children go on: they may publish, or be fenced, while nobody beats for them. */
const freezeParent: FaultKind = {
  kind: 'worker frozen, its children not',
  weight: 2,
  recovery: 'taken-over',
  isOutage: false,
  inject: (context) =>
    onBusyWorker(context, ['freezer'], async (worker) => {
      const { pid = 0 } = worker;
      const startedAt = Date.now();
      await freeze([pid], between(1.4 * context.leaseMs, 2 * context.leaseMs, context.dice[1]));
      return { target: worker.name, startedAt, endedAt: startedAt, pid };
    }),
};

const stopWorker: FaultKind = {
  kind: 'worker told to stop',
  weight: 5,
  recovery: 'handed-back',
  isOutage: false,
  inject: (context) =>
    onBusyWorker(context, [], async (worker) => {
      const { pid = 0 } = worker;
      const startedAt = Date.now();
      await worker.terminate();
      await worker.untilReady();
      return { target: worker.name, startedAt, endedAt: startedAt, pid };
    }),
};

const rollWorkers: FaultKind = {
  kind: 'rolling restart of all workers',
  weight: 1,
  recovery: 'working',
  isOutage: false,
  inject: ({ system, resources }) =>
    resources.use(
      system.workers.map((worker) => worker.name),
      async () => {
        const startedAt = Date.now();
        for (const worker of system.workers) {
          await worker.untilReady();
          await worker.terminate();
          await worker.untilReady();
        }
        return { target: 'all workers', startedAt, endedAt: Date.now() };
      },
    ),
};

const ofApi = (kind: string, weight: number, signal: 'SIGKILL' | 'SIGTERM'): FaultKind => ({
  kind,
  weight,
  recovery: 'accepting',
  isOutage: false,
  inject: ({ system, resources, dice }) =>
    resources.useOneOf([system.uploadApi, system.uploadApi, system.statusApi], dice[0], [], async (api) => {
      await api.untilReady();
      const startedAt = Date.now();
      if (signal === 'SIGTERM') await api.terminate();
      else api.signal(signal);
      await api.untilReady();
      return { target: api.name, startedAt, endedAt: startedAt };
    }),
});

export const processFaults: readonly FaultKind[] = [
  killWorker,
  killMachine,
  killChild,
  freezeWorker,
  freezeParent,
  stopWorker,
  rollWorkers,
  ofApi('API killed', 3, 'SIGKILL'),
  ofApi('API told to stop', 1, 'SIGTERM'),
];
