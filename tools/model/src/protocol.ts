import { GUARDS, type Statement } from './guards.ts';
import { heldBy, isKnown, released, withDelayed, withEntry, withoutEntry } from './index-moves.ts';
import { GONE, IDLE, type State, type Step, UNREAD, type Worker } from './state.ts';

/** What is taken out of the protocol, to see that the model notices. */
export interface Flaws {
  /** Writes of a worker do not name their attempt. */
  noFence?: boolean;
  /** A message is acknowledged when its run is claimed, not when its outcome is committed. */
  ackBeforeCommit?: boolean;
  /** Nobody compares PostgreSQL with the dispatch index. */
  noReconciler?: boolean;
  /** Settling does not ask who holds the entry. */
  settlesForOthers?: boolean;
}

/** What makes a fault happen. */
export type Cause = 'worker death' | 'API death' | 'silence' | 'index' | 'lost answer' | 'error' | 'stop';

/** Something that can happen now. `kind` says who makes it happen. */
export interface Move {
  name: string;
  kind: 'progress' | 'fault' | 'person';
  to: State;
}

export const MAX_RETRIES = 1;
export const MAX_CRASHES = 2;
export const MAX_LOSSES = 3;

/** Everything that can happen in this state. */
export function movesOf(state: State, flaws: Flaws, causes?: readonly Cause[]): Move[] {
  const moves: Move[] = [];
  const add = (kind: Move['kind'], name: string, to: State | null): void => {
    if (to) moves.push({ name, kind, to });
  };
  uploadMoves(state, add);
  indexMoves(state, flaws, add);
  state.workers.forEach((worker, w) => workerMoves(state, flaws, worker, w, add));
  if (state.zombie !== null) {
    const { published } = publish(state, flaws, state.zombie);
    add('progress', `the orphaned process of attempt ${state.zombie} publishes`, { ...published, zombie: null });
    add('progress', `the orphaned process of attempt ${state.zombie} ends`, { ...state, zombie: null });
  }
  if (state.faultsLeft > 0)
    faultMoves({ ...state, faultsLeft: state.faultsLeft - 1 }, flaws, (cause, name, to) => {
      if (!causes || causes.includes(cause)) add('fault', name, to);
    });
  return moves;
}

type Add = (kind: Move['kind'], name: string, to: State | null) => void;

/** Whether a statement may change the row. */
function allows(statement: Statement, state: State, flaws: Flaws, attempt?: number): boolean {
  const { leaves, fenced } = GUARDS[statement];
  if (!(leaves as readonly string[]).includes(state.status)) return false;
  return !fenced || flaws.noFence === true || attempt === state.attempt;
}

function uploadMoves(state: State, add: Add): void {
  if (allows('store-upload', state, {})) {
    const [stored, refused] = GUARDS['store-upload'].to;
    add('progress', 'the API stores the upload', { ...state, status: stored, task: 1, api: 'dispatch' });
    if (state.isBad) add('progress', 'the API knows the bytes from quarantine', { ...state, status: refused, task: 1 });
  }
  if (state.api === 'dispatch') {
    const added = withEntry(state, state.task);
    add('progress', 'the API adds the message', added && { ...added, api: 'mark' });
  }
  if (state.api === 'mark')
    add('progress', 'the API marks the run as dispatched', { ...state, api: null, dispatched: true });
  if (state.cancelsLeft > 0 && allows('cancel-run', state, {}))
    add('person', 'somebody cancels the run', {
      ...state,
      status: GUARDS['cancel-run'].to[0],
      waits: false,
      delivery: null,
      cancelsLeft: state.cancelsLeft - 1,
    });
  if (state.parsesLeft > 0 && allows('redispatch-run', state, {}))
    add('person', 'somebody asks to parse the run again', {
      ...state,
      status: GUARDS['redispatch-run'].to[0],
      task: state.task + 1,
      retries: 0,
      crashes: 0,
      losses: 0,
      waits: false,
      delivery: null,
      dispatched: false,
      api: 'dispatch',
      parsesLeft: state.parsesLeft - 1,
    });
}

function indexMoves(state: State, flaws: Flaws, add: Add): void {
  for (const task of state.delayed) {
    const without = { ...state, delayed: state.delayed.filter((one) => one !== task) };
    add('progress', `the delayed message of task ${task} becomes due`, withEntry(without, task));
  }
  if (state.waits) add('progress', 'the time of the retry comes', { ...state, waits: false });
  const isSilentNow = state.workers.every(
    ({ step, attempt, frozen }) => step !== 'work' || attempt !== state.attempt || frozen,
  );
  if (state.status === 'parsing' && !state.silent && isSilentNow)
    add('progress', 'the heartbeats are missing from PostgreSQL', { ...state, silent: true });
  if (flaws.noReconciler) return;
  const isWaiting = state.status === 'stored' || (state.status === 'parsing' && state.silent);
  if (!isWaiting || (state.dispatched && isKnown(state, state.task))) return;
  const sent = state.waits ? withDelayed(state, state.task) : withEntry(state, state.task);
  const dispatched = state.dispatched || state.status === 'stored';
  if (sent) add('progress', 'the reconciler dispatches the run', { ...sent, dispatched });
}

function workerMoves(state: State, flaws: Flaws, worker: Worker, w: number, add: Add): void {
  const who = `worker ${w + 1}`;
  if (worker.frozen) return add('progress', `${who} thaws`, withWorker(state, w, { ...worker, frozen: false }));
  const { step, attempt } = worker;
  switch (step) {
    case 'take':
      return state.entries.forEach((entry, at) => {
        if (!entry) return;
        const hand = { ...IDLE, step: 'claim' as const, entry: at, task: entry.task };
        const taken = (takenOver: boolean) => withWorker(heldBy(state, at, w), w, { ...hand, takenOver });
        if (entry.holder === UNREAD) add('progress', `${who} takes the message of task ${entry.task}`, taken(false));
        // A worker that is frozen does not beat; one that works does.
        else if (entry.holder === GONE || state.workers[entry.holder]?.frozen)
          add('progress', `${who} takes the message of task ${entry.task} over from a silent worker`, taken(true));
      });
    case 'claim':
      return add('progress', ...claim(state, flaws, worker, w, who));
    case 'work': {
      if (state.isBad) {
        const failed = fail(state, flaws, attempt);
        return add('progress', `${who} fails the run`, next(failed, w, 'done'));
      }
      const { published, isOurs } = publish(state, flaws, attempt);
      add(
        'progress',
        `${who} publishes attempt ${attempt}${isOurs ? '' : ' and is refused'}`,
        next(published, w, 'done'),
      );
      if (attempt !== state.attempt || state.status !== 'parsing')
        add('progress', `${who} learns that the run is not its own any more`, next(state, w, 'done'));
      else if (state.silent) add('progress', `${who} beats`, { ...state, silent: false });
      return;
    }
    default:
      return add('progress', `${who} settles its message: ${step}`, settle(state, flaws, w, step));
  }
}

function claim(state: State, flaws: Flaws, worker: Worker, w: number, who: string): [name: string, to: State] {
  const isCurrent = worker.task === state.task;
  const isMine = worker.takenOver && worker.entry !== null && worker.entry === state.delivery;
  const mayClaim = state.status === 'stored' ? !state.waits : isMine || state.silent;
  if (!isCurrent || !allows('claim-run', state, flaws)) return [`${who} drops its message`, next(state, w, 'done')];
  if (!mayClaim)
    return state.status === 'stored'
      ? [`${who} finds that the run is not due`, next(state, w, 'retry')]
      : [`${who} finds that another worker has the run`, next(state, w, 'done')];
  const attempt = state.attempt + 1;
  const losses = state.losses + (state.status === 'parsing' ? 1 : 0);
  const claimed: State = {
    ...state,
    status: GUARDS['claim-run'].to[0],
    attempt,
    losses,
    delivery: worker.entry,
    silent: false,
  };
  if (losses >= MAX_LOSSES || state.crashes >= MAX_CRASHES)
    return [`${who} gives the run up after so many deaths`, next(fail(claimed, flaws, attempt), w, 'done')];
  const working = withWorker(claimed, w, { ...worker, step: 'work', attempt });
  const acknowledged = flaws.ackBeforeCommit && worker.entry !== null ? withoutEntry(working, worker.entry) : working;
  return [`${who} claims the run as attempt ${attempt}`, acknowledged];
}

function publish(state: State, flaws: Flaws, attempt: number): { published: State; isOurs: boolean } {
  if (state.isBad || !allows('complete-run', state, flaws, attempt)) return { published: state, isOurs: false };
  const [to] = GUARDS['complete-run'].to;
  return {
    published: { ...state, status: to, delivery: null, waits: false, published: [...state.published, attempt] },
    isOurs: true,
  };
}

function fail(state: State, flaws: Flaws, attempt: number): State {
  if (!allows('fail-run', state, flaws, attempt)) return state;
  return { ...state, status: GUARDS['fail-run'].to[0], delivery: null, waits: false };
}

/** parsing → stored, when the attempt still holds the run. */
function leave(state: State, flaws: Flaws, attempt: number, change: Partial<State>): { left: State; isOurs: boolean } {
  if (!allows('leave-run', state, flaws, attempt)) return { left: state, isOurs: false };
  return { left: { ...state, status: GUARDS['leave-run'].to[0], delivery: null, ...change }, isOurs: true };
}

function settle(state: State, flaws: Flaws, w: number, step: Step): State | null {
  const worker = state.workers[w];
  const at = worker?.entry ?? null;
  const entry = at === null ? null : state.entries[at];
  const idle = withWorker(state, w, IDLE);
  if (!worker || at === null || !entry || (entry.holder !== w && !flaws.settlesForOthers)) return idle;
  const gone = withoutEntry(idle, at);
  if (step === 'retry') return withDelayed(gone, worker.task);
  return step === 'hand-back' ? withEntry(gone, worker.task) : gone;
}

type AddFault = (cause: Cause, name: string, to: State | null) => void;

function faultMoves(state: State, flaws: Flaws, add: AddFault): void {
  if (state.api) add('API death', 'the API dies', { ...state, api: null });
  if (state.entries.some(Boolean) || state.delayed.length > 0) {
    let empty: State = { ...state, delayed: [] };
    state.entries.forEach((entry, at) => {
      if (entry) empty = withoutEntry(empty, at);
      if (entry) add('index', `the message of task ${entry.task} is lost`, withoutEntry(state, at));
    });
    add('index', 'Redis is emptied', empty);
    const unread = state.entries.map((entry) => entry && { ...entry, holder: UNREAD });
    add('index', 'the consumer group is destroyed', { ...state, entries: unread });
  }
  for (let task = 1; task <= state.task; task++)
    add('index', `a message of task ${task} is doubled`, withEntry(state, task));
  if (state.status === 'parsing' && !state.silent)
    add('silence', 'heartbeats do not reach PostgreSQL', { ...state, silent: true });
  state.workers.forEach((worker, w) => workerFaults(state, flaws, worker, w, add));
}

function workerFaults(state: State, flaws: Flaws, worker: Worker, w: number, add: AddFault): void {
  const { step, attempt, entry, frozen } = worker;
  const who = `worker ${w + 1}`;
  if (step === 'take') return;
  const dead = withWorker(released(state, w), w, IDLE);
  add('worker death', `${who} is killed`, dead);
  if (!frozen) add('silence', `${who} is frozen`, withWorker(state, w, { ...worker, frozen: true }));
  if (entry !== null && state.entries[entry]?.holder === w)
    add('silence', `${who} seems silent to Redis`, heldBy(state, entry, GONE));
  if (frozen) return;
  if (step === 'claim') {
    const [name, claimed] = claim(state, flaws, worker, w, who);
    // Carried out, but the worker cannot know: it looks again later.
    if (claimed.attempt !== state.attempt)
      add(
        'lost answer',
        `${name}, and the answer is lost`,
        withWorker(claimed, w, { ...worker, step: 'retry', entry: claimed.workers[w]?.entry ?? null }),
      );
  } else if (step === 'work') workFaults(state, flaws, attempt, w, who, dead, add);
  else add('lost answer', `${who} cannot settle its message`, withWorker(released(state, w), w, IDLE));
}

function workFaults(
  state: State,
  flaws: Flaws,
  attempt: number,
  w: number,
  who: string,
  dead: State,
  add: AddFault,
): void {
  if (state.zombie === null)
    add('worker death', `${who} is killed and its process lives on`, { ...dead, zombie: attempt });
  const handedBack = leave(state, flaws, attempt, {});
  add('stop', `${who} is told to stop`, next(handedBack.left, w, 'hand-back'));
  const crashes = state.crashes + 1;
  const crashed =
    crashes >= MAX_CRASHES
      ? { left: fail(state, flaws, attempt), isOurs: false }
      : leave(state, flaws, attempt, { crashes, waits: true });
  add('worker death', `the parsing process of ${who} dies`, next(crashed.left, w, crashed.isOurs ? 'retry' : 'done'));
  add('error', `${who} meets a passing error`, afterTransient(state, flaws, attempt, w));
  const { published, isOurs } = publish(state, flaws, attempt);
  // It takes the lost answer for a passing error, and the run for its own.
  if (isOurs)
    add(
      'lost answer',
      `${who} publishes attempt ${attempt}, and the answer is lost`,
      afterTransient(published, flaws, attempt, w),
    );
}

function afterTransient(state: State, flaws: Flaws, attempt: number, w: number): State {
  if (state.retries >= MAX_RETRIES) return next(fail(state, flaws, attempt), w, 'done');
  const { left, isOurs } = leave(state, flaws, attempt, { retries: state.retries + 1, waits: true });
  return next(left, w, isOurs ? 'retry' : 'done');
}

function withWorker(state: State, w: number, worker: Worker): State {
  return { ...state, workers: state.workers.with(w, worker) };
}

function next(state: State, w: number, step: Step): State {
  const worker = state.workers[w];
  return worker ? withWorker(state, w, { ...worker, step }) : state;
}
