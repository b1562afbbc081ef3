import { setTimeout as sleep } from 'node:timers/promises';
import { chosen } from '@confscope/random';
import { tryKill } from '../system/try-kill.ts';
import type { Service } from '../system/service.ts';
import type { System } from '../system/system.ts';
import { between, type FaultContext, type FaultKind, type Injected } from './fault.ts';

/** How long a fault looks for a worker in the middle of something before it is left out. */
const VICTIM_WAIT_MS = 10_000;

/** Why a fault that needs a run to hit is left out once and for all. */
export const LOAD_IS_OVER = 'no work was left to hit; it takes more --runs';

/** Three parsing processes that die of the same bytes are the archive's own fault, in whatever runs they came. */
const HAS_CRASHED = `exists (select from attempts b join runs s on s.id = b.run_id
                      where s.archive_sha256 = r.archive_sha256 and b.outcome = 'crashed')`;
/** A worker that dies is blamed on the run in the end, too, but only after ten times. */
const WAS_LOST_OFTEN = `(select count(*) from attempts b where b.run_id = r.id and b.outcome = 'lost') >= 3`;

const OPEN_RUNS = `select count(*)::int as open from runs where status in ('pending', 'stored', 'parsing')`;

/** Workers that hold runs now, none of which may have met this before. */
async function victims(system: System, spared: string): Promise<Service[]> {
  const rows = await system.rowsIfThere<{ worker: string }>(
    `select a.worker from attempts a join runs r on r.id = a.run_id
      where a.ended_at is null group by a.worker having not bool_or(${spared})`,
  );
  return system.workers.filter(({ pid }) => rows?.some(({ worker }) => worker.includes(`-${pid}-`)));
}

async function isOver({ load, system }: FaultContext): Promise<boolean> {
  return load.isSpent && (await system.rowsIfThere<{ open: number }>(OPEN_RUNS))?.[0]?.open === 0;
}

/** Hits a worker in the middle of a run. */
async function onBusyWorker(
  context: FaultContext,
  also: readonly string[],
  work: (worker: Service) => Promise<Injected>,
  spared = WAS_LOST_OFTEN,
): Promise<Injected> {
  const { system, resources, load, dice } = context;
  for (let deadline = Date.now() + VICTIM_WAIT_MS; ; await sleep(20)) {
    const busy = await victims(system, spared);
    const free = busy.filter(({ name }) => resources.isFree([name, ...also]));
    if (free.length > 0) {
      const worker = chosen(free, dice[0]);
      return resources.use([worker.name, ...also], () => work(worker));
    }
    if (busy.length > 0) deadline = Date.now() + VICTIM_WAIT_MS;
    else if (await isOver(context)) return skipped('a worker', LOAD_IS_OVER);
    else if (Date.now() > deadline) return skipped('a worker', 'none held a run that may meet this');
    else load.ask(Date.now());
  }
}

const skipped = (target: string, why: string): Injected => ({
  target,
  startedAt: Date.now(),
  endedAt: Date.now(),
  skipped: why,
});

/** Freezes processes for a while; the first of them comes to itself this much later than the others. */
async function freeze([first = 0, ...others]: number[], ms: number, laterMs: number): Promise<void> {
  for (const pid of [first, ...others]) tryKill(pid, 'SIGSTOP');
  try {
    await sleep(ms);
    for (const pid of others) tryKill(pid, 'SIGCONT');
    await sleep(laterMs);
  } finally {
    for (const pid of [first, ...others]) tryKill(pid, 'SIGCONT');
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
    onBusyWorker(
      context,
      [],
      (worker) => {
        const { pid = 0 } = worker;
        const children = worker.children();
        const startedAt = Date.now();
        for (const child of children) tryKill(child, 'SIGKILL');
        return Promise.resolve({ target: worker.name, startedAt, endedAt: startedAt, pid });
      },
      HAS_CRASHED,
    ),
};

/**
 * Longer than its lease: another worker takes over, and the late commit has to be refused. The parsing processes come to
 * themselves first, so that they go for their commit before anybody tells them to stop.
 */
const freezeWorker: FaultKind = {
  kind: 'worker frozen past its lease',
  weight: 3,
  recovery: 'taken-over',
  isOutage: false,
  inject: (context) =>
    onBusyWorker(context, ['freezer'], async (worker) => {
      const { pid = 0 } = worker;
      const pids = [pid, ...worker.children()];
      const { leaseMs, dice } = context;
      const startedAt = Date.now();
      await freeze(pids, between(1.4 * leaseMs, 3 * leaseMs, dice[1]), between(0, 0.4 * leaseMs, dice[3]));
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
      await freeze([pid], between(1.4 * context.leaseMs, 2 * context.leaseMs, context.dice[1]), 0);
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
