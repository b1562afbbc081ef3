import { growth } from './growth.ts';
import { mutate, SEEDS } from './mutate.ts';
import { judge } from './oracles.ts';
import { Random } from '@confscope/random';

/** An input that shows a mistake. */
export interface Finding {
  input: Uint8Array;
  fault: string;
}

export interface FuzzOptions {
  seed: number;
  /** Asked before each input: whether to go on. */
  goesOn: (inputs: number) => boolean;
  /** How many blocks of code the last input was the first to reach. */
  newBlocks: () => number;
  /** Time is measured for each input of this number; 0 for none. */
  timeEvery?: number;
}

export interface FuzzResult {
  inputs: number;
  /** Inputs that reached something new, and that others are made from. */
  corpus: Uint8Array[];
  findings: Finding[];
}

/** Findings after which there is no point in looking for more. */
const ENOUGH = 10;
/** Far from 4, and far enough from 16. */
const SUSPICIOUS_GROWTH = 9;

/** Makes up inputs and judges how they are read. The same seed gives the same inputs, as long as the code is the same. */
export function fuzz({ seed, goesOn, newBlocks, timeEvery = 0 }: FuzzOptions): FuzzResult {
  const random = new Random(seed);
  const corpus = [...SEEDS];
  const findings: Finding[] = [];
  let inputs = 0;
  for (const input of SEEDS) examine(input);
  newBlocks();
  while (findings.length < ENOUGH && goesOn(inputs)) {
    const input = mutate(random, corpus);
    examine(input);
    if (newBlocks() > 0) corpus.push(input);
    if (timeEvery > 0 && inputs % timeEvery === 0) time(input);
  }
  return { inputs, corpus, findings };

  function examine(input: Uint8Array): void {
    inputs++;
    const fault = faultOf(input);
    if (fault !== null) findings.push({ input: shrink(input), fault });
  }

  function time(input: Uint8Array): void {
    // Measured again, and longer, before it is believed.
    if (input.length > 0 && [200, 1000, 2000].every((copies) => growth(input, copies) > SUSPICIOUS_GROWTH))
      findings.push({ input, fault: 'repeated, it takes longer than its length explains' });
  }
}

/** What is wrong with how an input is read; that it throws is wrong. */
export function faultOf(input: Uint8Array): string | null {
  try {
    return judge(input);
  } catch (error) {
    return `it throws ${String(error)}`;
  }
}

/** Cuts pieces out of an input as long as something stays wrong with it. */
function shrink(input: Uint8Array): Uint8Array {
  let best = input;
  for (let size = best.length >> 1; size > 0; size >>= 1)
    for (let at = 0; at + size <= best.length;) {
      const shorter = new Uint8Array(best.length - size);
      shorter.set(best.subarray(0, at));
      shorter.set(best.subarray(at + size), at);
      if (faultOf(shorter) === null) at += size;
      else best = shorter;
    }
  return best;
}
