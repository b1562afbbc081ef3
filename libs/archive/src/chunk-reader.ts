/** The bytes end before what was asked for. */
export class UnexpectedEnd extends Error {}

/**
 * Reads pieces of a given size out of chunks of any size. What lies in one chunk is handed out without a promise: an
 * archive has many small entries, and each turn of the event loop costs more than its bytes.
 */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, when the present chunk holds all of them; else null, and nothing is consumed. They are a window. */
  take(length: number): Buffer | null {
    const end = this.#at + length;
    if (end > this.#chunk.length) return null;
    const bytes = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** The next bytes; null when there is not even one left. Throws {@link UnexpectedEnd} when there are some. */
  async read(length: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#at === this.#chunk.length && !(await this.#next())) {
        if (parts.length === 0) return null;
        throw new UnexpectedEnd();
      }
      const part = this.#chunk.subarray(this.#at, this.#at + missing);
      this.#at += part.length;
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, length);
  }

  /** Runs past bytes that the present chunk holds; says how many are left to run past. */
  skipNow(length: number): number {
    const skipped = Math.min(length, this.#chunk.length - this.#at);
    this.#at += skipped;
    return length - skipped;
  }

  /** Runs past bytes; throws {@link UnexpectedEnd} when there are fewer. */
  async skip(length: number): Promise<void> {
    for (let left = this.skipNow(length); left > 0; left = this.skipNow(left))
      if (!(await this.#next())) throw new UnexpectedEnd();
  }

  async #next(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#chunk = next.value;
    this.#at = 0;
    return true;
  }
}
