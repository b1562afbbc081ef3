import { Random } from '@confscope/random';
import type { FaultKind } from './fault.ts';
import { machineFaults } from './machine-faults.ts';
import { networkFaults } from './network-faults.ts';
import { postgresFaults } from './postgres-faults.ts';
import { processFaults } from './process-faults.ts';
import { redisFaults } from './redis-faults.ts';

/** Every kind of fault there is. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...processFaults,
  ...redisFaults,
  ...postgresFaults,
  ...networkFaults,
  ...machineFaults,
];

/** One fault of a storm. */
export interface PlannedFault {
  n: number;
  kind: FaultKind;
  /** Pause after the fault before it has started. */
  afterMs: number;
  /** Decide about its target and its length. */
  dice: readonly [number, number, number, number];
}

/**
 * Plans the faults of a storm. Equal seeds give equal plans: the same kinds in the same order, with the same pauses and
 * lengths; which run they hit depends on how fast the machine is. Every kind comes once before any comes twice too often.
 */
export function planFaults(seed: number, count: number, gapMs: number, only: readonly string[]): PlannedFault[] {
  const random = new Random(seed ^ 0xfa017);
  const kinds = FAULT_KINDS.filter(({ kind }) => only.length === 0 || only.includes(kind));
  if (kinds.length === 0)
    throw new Error(
      `No fault is called ${only.join(', ')}. There are: ${FAULT_KINDS.map(({ kind }) => kind).join(', ')}`,
    );
  let deck: FaultKind[] = random.shuffled(kinds);
  return Array.from({ length: count }, (_, n) => {
    const kind = deck.pop() as FaultKind;
    if (deck.length === 0) deck = random.shuffled(kinds.flatMap((one) => Array<FaultKind>(one.weight).fill(one)));
    // Pauses as between independent events, without the very long ones.
    const afterMs = Math.round(Math.min(-Math.log(1 - random.next()), 3) * gapMs);
    return { n, kind, afterMs, dice: [random.next(), random.next(), random.next(), random.next()] as const };
  });
}
