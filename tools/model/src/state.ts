import type { RunStatus } from '@confscope/domain';

/** Holder of a stream entry that no worker has read. */
export const UNREAD = -1;
/** Holder of a stream entry whose worker is gone: it is pending, and nobody beats for it. */
export const GONE = -2;

/** A message in a stream. Its place in the list is its id. */
export interface Entry {
  task: number;
  /** A worker, {@link UNREAD} or {@link GONE}. */
  holder: number;
}

/**
 * What a worker does next. Each step is one SQL statement or one script, and a worker may die or freeze before any of
 * them. To settle a message that is done and to take the next one may be one step.
 */
export type Step = 'take' | 'claim' | 'work' | 'done' | 'retry' | 'hand-back';

export interface Worker {
  step: Step;
  /** The entry it has in hand; null when it has none, or when that entry is no more. */
  entry: number | null;
  task: number;
  attempt: number;
  /** The entry came from a silent worker, not from the stream. */
  takenOver: boolean;
  frozen: boolean;
}

/** One run, all that PostgreSQL, Redis and the processes know about it, and what may still go wrong. */
export interface State {
  // PostgreSQL
  status: RunStatus;
  attempt: number;
  task: number;
  dispatched: boolean;
  /** `next_attempt_at` is in the future. */
  waits: boolean;
  retries: number;
  /** Parsing processes of the task that died, and workers that fell silent. */
  crashes: number;
  losses: number;
  /** The entry that the current attempt was claimed with. */
  delivery: number | null;
  /** The heartbeats of the current attempt have been missing for long. */
  silent: boolean;
  /** The attempts that published a manifest, in order. */
  published: readonly number[];
  // Redis
  entries: readonly (Entry | null)[];
  /** Tasks that wait for their time. */
  delayed: readonly number[];
  // processes
  /** What the API does next with the task it was given. */
  api: 'dispatch' | 'mark' | null;
  workers: readonly Worker[];
  /** An attempt whose worker is dead and whose parsing process has not noticed yet. */
  zombie: number | null;
  // the world
  /** The upload itself is at fault. */
  isBad: boolean;
  faultsLeft: number;
  cancelsLeft: number;
  parsesLeft: number;
}

export const IDLE: Worker = { step: 'take', entry: null, task: 0, attempt: 0, takenOver: false, frozen: false };

/** How much there is of everything in a model. */
export interface World {
  workers: number;
  /** Every combination of up to so many faults is tried, at every point. */
  faults: number;
  /** Most messages of the run that exist at once. */
  entries: number;
  /** How often somebody cancels the run, and asks to parse it again, at any point. */
  cancels: number;
  parses: number;
}

/** The upload is being received, and nothing has gone wrong yet. */
export function initialState(options: World & { isBad: boolean }): State {
  return {
    status: 'pending',
    attempt: 0,
    task: 0,
    dispatched: false,
    waits: false,
    retries: 0,
    crashes: 0,
    losses: 0,
    delivery: null,
    silent: false,
    published: [],
    entries: Array<null>(options.entries).fill(null),
    delayed: [],
    api: null,
    workers: Array<Worker>(options.workers).fill(IDLE),
    zombie: null,
    isBad: options.isBad,
    faultsLeft: options.faults,
    cancelsLeft: options.cancels,
    parsesLeft: options.parses,
  };
}

/**
 * Equal for states that behave alike. Workers differ in nothing but their number, and entries in nothing but their place,
 * so neither order counts; of attempts and tasks it only counts whether they are the run's current ones; and of a run that
 * has ended only what is asked of it next.
 */
export function keyOf(state: State): string {
  const inOrder = state.workers.map((_, i) => i);
  const forward = encode(state, inOrder);
  if (inOrder.length !== 2) return forward;
  const backward = encode(state, [1, 0]);
  return forward < backward ? forward : backward;
}

function encode(state: State, order: readonly number[]): string {
  const ageOf = (task: number): string => (task === state.task ? 'c' : 'o');
  const entries = state.entries.map((entry, at) => {
    if (!entry) return '';
    const holder = entry.holder < 0 ? entry.holder : order.indexOf(entry.holder);
    const inHand = order.map((w) => (state.workers[w]?.entry === at ? '1' : '0')).join('');
    return `${ageOf(entry.task)}${holder}${state.delivery === at ? 'd' : ''}${inHand}`;
  });
  const workers = order.map((w) => {
    const { step, task, attempt, takenOver, frozen } = state.workers[w] ?? IDLE;
    const has = step === 'work' ? attempt === state.attempt : step !== 'take' && task === state.task;
    return `${step}${has ? 'c' : 'o'}${frozen ? 'f' : ''}${step === 'claim' && takenOver ? 't' : ''}`;
  });
  const ended = isEnded(state);
  return [
    state.status,
    state.task,
    ended
      ? ''
      : `${Number(state.dispatched)}${Number(state.waits)}${state.retries}${state.crashes}${state.losses}${Number(state.silent)}`,
    state.published.length,
    entries.sort().join(','),
    state.delayed.map(ageOf).join(''),
    state.api ?? '-',
    workers.join(','),
    state.zombie === null ? '-' : state.zombie === state.attempt ? 'c' : 'o',
    Number(state.isBad),
    state.faultsLeft,
    state.cancelsLeft,
    state.parsesLeft,
  ].join('|');
}

export const isEnded = ({ status }: State): boolean =>
  status === 'complete' || status === 'failed' || status === 'cancelled';

/** Nothing is left to do, and nothing is left lying about. */
export const isAtRest = (state: State): boolean =>
  isEnded(state) &&
  state.entries.every((entry) => entry === null) &&
  state.delayed.length === 0 &&
  state.workers.every(({ step }) => step === 'take');
