import { parseConfBytes } from '@confscope/conf-parser';

const TRIES = 5;

/**
 * How much longer four times as much of the same takes: about 4 where time is a matter of length, 16 where it is one of
 * its square. Time of the processor and not of the clock, and the shortest of some tries: a busy machine adds to both.
 *
 * @param copies of the input in the smaller of the two measurements
 */
export function growth(input: Uint8Array, copies: number): number {
  const small = repeated(input, copies);
  const large = repeated(input, copies * 4);
  // What takes no microsecond takes one.
  return shortest(large) / Math.max(1, shortest(small));
}

function shortest(input: Uint8Array): number {
  let best = Infinity;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = process.cpuUsage();
    parseConfBytes(input);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return best;
}

function repeated(input: Uint8Array, copies: number): Uint8Array {
  const result = new Uint8Array(input.length * copies);
  for (let copy = 0; copy < copies; copy++) result.set(input, copy * input.length);
  return result;
}
