import { type Readable } from 'node:stream';
import { type ArchiveSource } from './archive-source.ts';
import { HeldSource } from './held-source.ts';
import { openBytes } from './source-bytes.ts';

/** Reading over a gap of this size costs less than a new request to the storage. */
const maxSkipBytes = 1024 * 1024;

/** Reads pieces of a source at any offset. Pieces that follow one another share one stream. */
export class SourceReader {
  #stream: Readable | null = null;
  #chunks: AsyncIterator<Buffer> | null = null;
  #rest: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(
    private readonly source: ArchiveSource,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Exactly `length` bytes from `offset`; the caller has checked that they lie within the source. */
  async readAt(offset: number, length: number): Promise<Buffer> {
    this.signal?.throwIfAborted();
    if (length === 0) return Buffer.alloc(0);
    if (this.source instanceof HeldSource) return this.source.whole.subarray(offset, offset + length);
    if (this.#chunks === null || offset < this.#position || offset > this.#position + maxSkipBytes) this.#open(offset);
    while (this.#position < offset) await this.#take(offset - this.#position);
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.#take(missing);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
  }

  /** Lets go of the storage. */
  close(): void {
    this.#stream?.destroy();
    this.#stream = null;
    this.#chunks = null;
  }

  #open(offset: number): void {
    this.close();
    this.#stream = openBytes(this.source, { start: offset, end: this.source.bytes - 1 }, this.signal);
    // A read that fails rejects; between two reads an error must not end the process, the next read meets it.
    this.#stream.on('error', () => undefined);
    this.#chunks = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#rest = Buffer.alloc(0);
    this.#position = offset;
  }

  /** The next bytes, at most `maxBytes` and at least one. */
  async #take(maxBytes: number): Promise<Buffer> {
    if (this.#rest.length === 0) {
      const next = await this.#chunks?.next();
      if (next === undefined || next.done === true) throw new Error('The storage ended before the bytes asked for.');
      this.#rest = next.value;
    }
    const part = this.#rest.subarray(0, maxBytes);
    this.#rest = this.#rest.subarray(part.length);
    this.#position += part.length;
    return part;
  }
}
