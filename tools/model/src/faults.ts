import { heldBy, released, withEntry, withoutEntry } from './index-moves.ts';
import { GONE, IDLE, type State, UNREAD, type Worker } from './state.ts';
import {
  afterTransient,
  claim,
  exchanges,
  fail,
  type Flaws,
  leave,
  MAX_CRASHES,
  next,
  publish,
  withWorker,
} from './steps.ts';

/** What makes a fault happen. */
export type Cause =
  'worker death' | 'API death' | 'silence' | 'index' | 'lost answer' | 'lost exchange' | 'error' | 'stop';

type AddFault = (cause: Cause, name: string, to: State | null) => void;

/** Everything that can go wrong in this state. */
export function faultMoves(state: State, flaws: Flaws, add: AddFault): void {
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
  if (step === 'take') return takeFaults(state, w, who, add);
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
  else {
    add('lost answer', `${who} cannot settle its message`, withWorker(released(state, w), w, IDLE));
    if (step !== 'done') return;
    for (const { task, lost } of exchanges(state, flaws, w))
      add('lost exchange', `${who} settles its message and takes one of task ${task}, and the answer is lost`, lost);
  }
}

function takeFaults(state: State, w: number, who: string, add: AddFault): void {
  for (const [at, entry] of state.entries.entries())
    if (entry?.holder === UNREAD)
      add(
        'lost answer',
        `${who} takes the message of task ${entry.task}, and the answer is lost`,
        heldBy(state, at, w),
      );
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
