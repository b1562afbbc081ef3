import { Readable } from 'node:stream';
import type { ArchiveSource } from '@confscope/archive';

/** An archive that came through standard input. */
export class MemorySource implements ArchiveSource {
  readonly bytes: number;

  constructor(
    readonly name: string,
    private readonly content: Buffer,
  ) {
    this.bytes = content.length;
  }

  open(range?: { start: number; end: number }): Readable {
    const { start, end } = range ?? { start: 0, end: this.bytes - 1 };
    return Readable.from([this.content.subarray(start, end + 1)], { objectMode: false });
  }
}
