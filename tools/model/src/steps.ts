import { GUARDS, type Statement } from './guards.ts';
import { heldBy, withDelayed, withEntry, withoutEntry } from './index-moves.ts';
import { IDLE, type State, type Step, UNREAD, type Worker } from './state.ts';

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
  /** Nobody compares what Redis says a worker holds with what that worker knows of. */
  keepsUnknown?: boolean;
}

export const MAX_RETRIES = 1;
export const MAX_CRASHES = 2;
export const MAX_LOSSES = 3;

/** Whether a statement may change the row. */
export function allows(statement: Statement, state: State, flaws: Flaws, attempt?: number): boolean {
  const { leaves, fenced } = GUARDS[statement];
  if (!(leaves as readonly string[]).includes(state.status)) return false;
  return !fenced || flaws.noFence === true || attempt === state.attempt;
}

/** Claims the run, or says why not; with a name for it. */
export function claim(state: State, flaws: Flaws, worker: Worker, w: number, who: string): [name: string, to: State] {
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

/** parsing → complete, when the attempt still holds the run. */
export function publish(state: State, flaws: Flaws, attempt: number): { published: State; isOurs: boolean } {
  if (state.isBad || !allows('complete-run', state, flaws, attempt)) return { published: state, isOurs: false };
  const [to] = GUARDS['complete-run'].to;
  return {
    published: { ...state, status: to, delivery: null, waits: false, published: [...state.published, attempt] },
    isOurs: true,
  };
}

/** parsing → failed, when the attempt still holds the run. */
export function fail(state: State, flaws: Flaws, attempt: number): State {
  if (!allows('fail-run', state, flaws, attempt)) return state;
  return { ...state, status: GUARDS['fail-run'].to[0], delivery: null, waits: false };
}

/** parsing → stored, when the attempt still holds the run. */
export function leave(
  state: State,
  flaws: Flaws,
  attempt: number,
  change: Partial<State>,
): { left: State; isOurs: boolean } {
  if (!allows('leave-run', state, flaws, attempt)) return { left: state, isOurs: false };
  return { left: { ...state, status: GUARDS['leave-run'].to[0], delivery: null, ...change }, isOurs: true };
}

/** Settles the message in hand, if it is still this worker's, and lets go of it. */
export function settle(state: State, flaws: Flaws, w: number, step: Step): State | null {
  const worker = state.workers[w];
  const at = worker?.entry ?? null;
  const entry = at === null ? null : state.entries[at];
  const idle = withWorker(state, w, IDLE);
  if (!worker || at === null || !entry || (entry.holder !== w && !flaws.settlesForOthers)) return idle;
  const gone = withoutEntry(idle, at);
  if (step === 'retry') return withDelayed(gone, worker.task);
  return step === 'hand-back' ? withEntry(gone, worker.task) : gone;
}

/** The message is in the hands of this worker, and a claim is what comes next. */
export function taken(state: State, w: number, at: number, takenOver: boolean): State {
  const task = state.entries[at]?.task ?? 0;
  return withWorker(heldBy(state, at, w), w, { ...IDLE, step: 'claim', entry: at, task, takenOver });
}

/** What one call that acknowledges a message can take in its place: messages that nobody has read. */
export function* exchanges(state: State, flaws: Flaws, w: number): Generator<{ task: number; to: State; lost: State }> {
  const worker = state.workers[w];
  const settled = settle(state, flaws, w, 'done');
  if (!worker || !settled) return;
  for (const [at, entry] of settled.entries.entries()) {
    if (entry?.holder !== UNREAD) continue;
    const held = heldBy(settled, at, w);
    // A message that is read anew while it is in hand is left to be given up.
    const to = at === worker.entry ? held : taken(settled, w, at, false);
    // The worker knows neither of the one nor of the other, and acknowledges once more.
    yield { task: entry.task, to, lost: withWorker(held, w, { ...worker, entry: null }) };
  }
}

/** A passing error: parsing → stored until its time comes, or → failed when it came too often. */
export function afterTransient(state: State, flaws: Flaws, attempt: number, w: number): State {
  if (state.retries >= MAX_RETRIES) return next(fail(state, flaws, attempt), w, 'done');
  const { left, isOurs } = leave(state, flaws, attempt, { retries: state.retries + 1, waits: true });
  return next(left, w, isOurs ? 'retry' : 'done');
}

/** The state in which this worker is another one. */
export function withWorker(state: State, w: number, worker: Worker): State {
  return { ...state, workers: state.workers.with(w, worker) };
}

/** The state in which this worker has another step before it. */
export function next(state: State, w: number, step: Step): State {
  const worker = state.workers[w];
  return worker ? withWorker(state, w, { ...worker, step }) : state;
}
