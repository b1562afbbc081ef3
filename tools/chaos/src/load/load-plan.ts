import { Random } from '@confscope/random';
import { type ArchiveShape, type ArchiveSpec, BAD_SHAPES } from './archives.ts';

/** What its sender does with a run once it is accepted. */
export type Fate = 'leave' | 'cancel' | 'cancel-and-parse';

/** One upload of the load. */
export interface PlannedUpload {
  n: number;
  /** Index into the archives of the plan; equal numbers are equal bytes. */
  archive: number;
  fate: Fate;
  /** The sender hangs up once in the middle before it sends the whole. */
  breaksOffFirst: boolean;
  /** Given when the sender asks for a queue of its own choice. */
  queue: 'high' | 'default' | 'low' | null;
  /** How long after the acceptance it is cancelled. */
  cancelAfterMs: number;
}

export interface LoadPlan {
  archives: ArchiveSpec[];
  uploads: PlannedUpload[];
}

const SHAPES: readonly [ArchiveShape, number][] = [
  ['single', 12],
  ['tiny', 40],
  ['medium', 26],
  ['large', 14],
  ['huge', 4],
];
const BAD_SHARE = 0.04;
/** Of these, half are packed anew: bytes that were read before are not read again, and would leave a storm little to hit. */
const DUPLICATE_SHARE = 0.55;
const PACKED_ANEW_SHARE = 0.5;

/**
 * Plans uploads of mixed sizes, with duplicates and bad ones among them; equal seeds give equal plans. Every size and a bad
 * one come before any comes often. Bad ones are seldom sent twice: a storm over what fails at once proves little.
 */
export function planLoad(seed: number, runs: number): LoadPlan {
  const random = new Random(seed ^ 0x10ad);
  const archives: ArchiveSpec[] = [];
  const uploads: PlannedUpload[] = [];
  const first = random.shuffled([...SHAPES.map(([shape]) => shape), random.pick(BAD_SHAPES)]);
  for (let n = 0; n < runs; n++) {
    let archive = archives.length;
    const again = random.int(0, Math.max(0, archives.length - 1));
    const earlier = archives[again];
    const isDuplicate = earlier && random.chance(isBadShape(earlier.shape) ? BAD_SHARE : DUPLICATE_SHARE);
    if (!isDuplicate) archives.push({ shape: first.pop() ?? shapeOf(random), seed: seed * 100_003 + n, packing: 0 });
    else if (hasPackings(earlier.shape) && random.chance(PACKED_ANEW_SHARE)) archives.push({ ...earlier, packing: n });
    else archive = again;
    const isBad = isBadShape(archives[archive]?.shape);
    const roll = random.next();
    uploads.push({
      n,
      archive,
      fate: isBad || roll > 0.06 ? 'leave' : roll > 0.03 ? 'cancel-and-parse' : 'cancel',
      breaksOffFirst: random.chance(0.03),
      queue: random.chance(0.15) ? random.pick(['high', 'default', 'low'] as const) : null,
      cancelAfterMs: random.int(0, 1_500),
    });
  }
  return { archives, uploads };
}

const hasPackings = (shape: ArchiveShape): boolean => shape !== 'single' && !isBadShape(shape);

const isBadShape = (shape: ArchiveShape | undefined): boolean => (BAD_SHAPES as readonly unknown[]).includes(shape);

function shapeOf(random: Random): ArchiveShape {
  if (random.chance(BAD_SHARE)) return random.pick(BAD_SHAPES);
  let roll = random.next() * SHAPES.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [shape, weight] of SHAPES) {
    if (roll < weight) return shape;
    roll -= weight;
  }
  return 'tiny';
}
