import { canBecome } from '@confscope/domain';
import type { Cause } from './faults.ts';
import { type Move, movesOf } from './protocol.ts';
import { initialState, isAtRest, isEnded, keyOf, type State, type World } from './state.ts';
import { type Flaws, MAX_RETRIES } from './steps.ts';

/** How an invariant broke: the shortest way there. */
export interface Counterexample {
  invariant: string;
  trace: string[];
}

export interface Exploration {
  states: number;
  moves: number;
  counterexample: Counterexample | null;
}

interface Visited {
  state: State;
  /** Where it was first reached from, and how. */
  from: string | null;
  by: string;
  /** States from which progress alone leads here. */
  before: string[];
}

/**
 * Visits every state that can be reached, nearest first, so that the first broken invariant has the shortest trace.
 *
 * @param causes only these make faults happen; all when absent
 */
export function explore(world: World, flaws: Flaws, causes?: readonly Cause[]): Exploration {
  const visited = new Map<string, Visited>();
  const queue: string[] = [];
  const visit = (state: State, from: string | null, by: string): string => {
    const key = keyOf(state);
    if (!visited.has(key)) {
      visited.set(key, { state, from, by, before: [] });
      queue.push(key);
    }
    return key;
  };
  for (const isBad of [false, true]) visit(initialState({ ...world, isBad }), null, '');
  let moves = 0;
  // The queue grows while it is walked.
  for (const key of queue) {
    const state = visited.get(key)?.state as State;
    for (const move of movesOf(state, flaws, causes)) {
      moves++;
      const reached = visit(move.to, key, move.name);
      if (move.kind === 'progress') visited.get(reached)?.before.push(key);
      const invariant = brokenBy(state, move);
      if (invariant)
        return {
          states: visited.size,
          moves,
          counterexample: { invariant, trace: [...traceOf(visited, key), move.name] },
        };
    }
  }
  return { states: visited.size, moves, counterexample: strandedIn(visited, queue) };
}

/** The invariant that a move breaks; null when it is right. */
function brokenBy(from: State, { to, kind }: Move): string | null {
  if (from.status !== to.status && !canBecome(from.status, to.status))
    return `${from.status} → ${to.status} is no transition of a run`;
  if (from.status !== to.status && (from.status === 'cancelled' || from.status === 'failed') && kind !== 'person')
    return `a run that is ${from.status} stays so until somebody asks`;
  if (to.published.length > 1) return 'a run is published once';
  if (to.status === 'complete' && to.published.at(-1) !== to.attempt)
    return 'the manifest of a complete run is from the attempt that holds the fence';
  if (to.status !== 'complete' && to.published.length > 0) return 'what is published stays published';
  if (to.isBad && to.published.length > 0) return 'a bad upload publishes nothing';
  if (to.retries > MAX_RETRIES) return 'retries are bounded';
  return null;
}

/** The nearest state from which progress alone never ends the run, or never brings the system to rest. */
function strandedIn(visited: ReadonlyMap<string, Visited>, order: readonly string[]): Counterexample | null {
  for (const [invariant, isGoal] of [
    ['from every state the run can still end without anybody stepping in', isEnded],
    ['when the run has ended, no message, no entry and no work is left for ever', isAtRest],
  ] as const) {
    const saved = new Set(order.filter((key) => isGoal(visited.get(key)?.state as State)));
    // A set grows while it is walked, too.
    for (const key of saved) for (const before of visited.get(key)?.before ?? []) saved.add(before);
    const stranded = order.find((key) => !saved.has(key));
    if (stranded !== undefined) return { invariant, trace: traceOf(visited, stranded) };
  }
  return null;
}

function traceOf(visited: ReadonlyMap<string, Visited>, key: string): string[] {
  const trace: string[] = [];
  for (let at: string | null = key; at !== null;) {
    const step: Visited | undefined = visited.get(at);
    if (!step) break;
    if (step.from !== null) trace.unshift(step.by);
    at = step.from;
  }
  return trace;
}
