import { Readable } from 'node:stream';

/** Bytes in memory that can be opened like a stored archive. It keeps every stream, so that specs see what became of it. */
export class BufferSource {
  readonly opened: Readable[] = [];

  constructor(
    private readonly content: Buffer,
    readonly name: string,
    private readonly chunkBytes = 64 * 1024,
  ) {}

  get bytes(): number {
    return this.content.length;
  }

  open(range?: { start: number; end: number }): Readable {
    const content = this.content.subarray(range?.start ?? 0, range === undefined ? undefined : range.end + 1);
    const stream = Readable.from(this.#chunks(content), { objectMode: false });
    this.opened.push(stream);
    return stream;
  }

  *#chunks(content: Buffer): Generator<Buffer, void, undefined> {
    for (let start = 0; start < content.length; start += this.chunkBytes)
      yield content.subarray(start, start + this.chunkBytes);
  }
}
