import { parseConfBytes } from '@confscope/conf-parser';

const TRIES = 5;

/**
 * How much longer four times as much of the same takes: about 4 where time is a matter of length, 16 where it is one of
 * its square. The shortest of some tries, because a busy machine only ever adds to them.
 *
 * @param copies of the input in the smaller of the two measurements
 */
export function growth(input: Uint8Array, copies: number): number {
  const small = repeated(input, copies);
  const large = repeated(input, copies * 4);
  return shortest(large) / shortest(small);
}

function shortest(input: Uint8Array): number {
  let best = Infinity;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const start = performance.now();
    parseConfBytes(input);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function repeated(input: Uint8Array, copies: number): Uint8Array {
  const result = new Uint8Array(input.length * copies);
  for (let copy = 0; copy < copies; copy++) result.set(input, copy * input.length);
  return result;
}
