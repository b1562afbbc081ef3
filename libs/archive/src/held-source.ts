import { Readable } from 'node:stream';
import type { ArchiveSource } from './archive-source.ts';

/** A source of at most this size is asked for once. */
export const HELD_BYTES = 64 * 1024;

/** A small source in memory, so that looking at it and reading it is one request to the storage. */
export class HeldSource implements ArchiveSource {
  constructor(
    readonly name: string,
    readonly whole: Buffer,
  ) {}

  get bytes(): number {
    return this.whole.length;
  }

  open(range?: { start: number; end: number }): Readable {
    return Readable.from([range ? this.whole.subarray(range.start, range.end + 1) : this.whole]);
  }
}
