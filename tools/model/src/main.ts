import { explore } from './explore.ts';
import type { Cause } from './faults.ts';
import type { World } from './state.ts';
import type { Flaws } from './steps.ts';

/** Three faults of any kinds at any points; and two, while people cancel and ask again. */
const WORLDS: readonly { title: string; world: World }[] = [
  { title: 'three faults', world: { workers: 2, faults: 3, entries: 3, cancels: 0, parses: 0 } },
  {
    title: 'two faults, a cancel and a new parse',
    world: { workers: 2, faults: 2, entries: 2, cancels: 1, parses: 1 },
  },
];

const SMALL: World = { workers: 2, faults: 2, entries: 2, cancels: 0, parses: 0 };

/** The protocol with parts taken out: the model has to notice what that breaks, and what it does not. */
const FLAWED: readonly { title: string; flaws: Flaws; causes?: readonly Cause[]; holds: boolean }[] = [
  { title: 'without the fence', flaws: { noFence: true }, holds: false },
  { title: 'without the reconciler', flaws: { noReconciler: true }, holds: false },
  {
    title: 'without the reconciler, when only workers die',
    flaws: { noReconciler: true },
    causes: ['worker death'],
    holds: true,
  },
  {
    title: 'without the reconciler, acknowledging before the commit, when only workers die',
    flaws: { noReconciler: true, ackBeforeCommit: true },
    causes: ['worker death'],
    holds: false,
  },
  { title: 'acknowledging before the commit', flaws: { ackBeforeCommit: true }, holds: true },
  { title: 'keeping messages that a worker does not know to hold', flaws: { keepsUnknown: true }, holds: false },
];

function describe(title: string, world: World, flaws: Flaws, causes?: readonly Cause[]): boolean {
  const startedAt = performance.now();
  const { states, moves, counterexample } = explore(world, flaws, causes);
  const size = `${states} states, ${moves} moves, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  if (!counterexample) console.log(`${title}: every invariant holds (${size})\n`);
  else {
    const steps = counterexample.trace.map((step, i) => `  ${String(i + 1).padStart(2)}  ${step}`);
    console.log(`${title}: broken (${size})\n  "${counterexample.invariant}"\n${steps.join('\n')}\n`);
  }
  return counterexample === null;
}

const asTheyShould = [
  ...WORLDS.map(({ title, world }) => describe(`The protocol, ${title}`, world, {})),
  ...FLAWED.map(({ title, flaws, causes, holds }) => describe(`The protocol ${title}`, SMALL, flaws, causes) === holds),
];
if (!asTheyShould.every(Boolean)) {
  console.error('The model does not say what it should.');
  process.exitCode = 1;
}
