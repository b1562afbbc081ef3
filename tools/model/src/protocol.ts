import { type Cause, faultMoves } from './faults.ts';
import { GUARDS } from './guards.ts';
import { heldBy, isKnown, withDelayed, withEntry } from './index-moves.ts';
import { GONE, type State, UNREAD, type Worker } from './state.ts';
import { allows, claim, exchanges, fail, type Flaws, next, publish, settle, taken, withWorker } from './steps.ts';

/** Something that can happen now. `kind` says who makes it happen. */
export interface Move {
  name: string;
  kind: 'progress' | 'fault' | 'person';
  to: State;
}

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
  if (!flaws.keepsUnknown) unknownMoves(state, worker, w, add);
  switch (step) {
    case 'take':
      return takeMoves(state, w, who, add);
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
      add('progress', `${who} settles its message: ${step}`, settle(state, flaws, w, step));
      if (step !== 'done') return;
      for (const { task, to } of exchanges(state, flaws, w))
        add('progress', `${who} settles its message and takes one of task ${task}`, to);
  }
}

/** What Redis says that a worker holds, and the worker knows nothing of, it gives up for somebody to take over. */
function unknownMoves(state: State, worker: Worker, w: number, add: Add): void {
  for (const [at, entry] of state.entries.entries())
    if (entry?.holder === w && worker.entry !== at)
      add('progress', `worker ${w + 1} gives up a message of task ${entry.task}`, heldBy(state, at, GONE));
}

function takeMoves(state: State, w: number, who: string, add: Add): void {
  for (const [at, entry] of state.entries.entries()) {
    if (!entry) continue;
    if (entry.holder === UNREAD)
      add('progress', `${who} takes the message of task ${entry.task}`, taken(state, w, at, false));
    // A worker that is frozen does not beat; one that works does.
    else if (entry.holder === GONE || state.workers[entry.holder]?.frozen)
      add(
        'progress',
        `${who} takes the message of task ${entry.task} over from a silent worker`,
        taken(state, w, at, true),
      );
  }
}
