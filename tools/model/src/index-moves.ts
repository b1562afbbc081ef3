import { GONE, type State, UNREAD } from './state.ts';

/** The state after an entry was added to the stream; null when the model has no room for one more. */
export function withEntry(state: State, task: number): State | null {
  const at = state.entries.indexOf(null);
  if (at < 0) return null;
  return { ...state, entries: state.entries.with(at, { task, holder: UNREAD }) };
}

/** The state after an entry was deleted; whoever still speaks of it speaks of nothing. */
export function withoutEntry(state: State, at: number): State {
  return {
    ...state,
    entries: state.entries.with(at, null),
    delivery: state.delivery === at ? null : state.delivery,
    workers: state.workers.map((worker) => (worker.entry === at ? { ...worker, entry: null } : worker)),
  };
}

/** The state in which this entry has another holder. */
export function heldBy(state: State, at: number, holder: number): State {
  const entry = state.entries[at];
  return entry ? { ...state, entries: state.entries.with(at, { ...entry, holder }) } : state;
}

/** A delayed job is scheduled once, however often it is scheduled. */
export function withDelayed(state: State, task: number): State {
  return state.delayed.includes(task) ? state : { ...state, delayed: [...state.delayed, task].sort((a, b) => a - b) };
}

/** What a worker held is pending for nobody. */
export function released(state: State, worker: number): State {
  return {
    ...state,
    entries: state.entries.map((entry) => (entry?.holder === worker ? { ...entry, holder: GONE } : entry)),
  };
}

/** The dispatch index knows of this task. */
export const isKnown = (state: State, task: number): boolean =>
  state.delayed.includes(task) || state.entries.some((entry) => entry?.task === task);
