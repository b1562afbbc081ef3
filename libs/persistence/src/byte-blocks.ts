/** Large enough to hold many files, small enough to be little when there is but one. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Memory for what waits: contents for their batch to be parsed, rows for theirs to be stored. What has waited for a while
 * outlives the new space of V8, whatever it is a part of, and is found by a full collection only, when there are tens of
 * megabytes of it. So it lies in blocks that are used again.
 */
export class ByteBlocks {
  readonly #free: Buffer[] = [];

  /** For bytes that are given up together. */
  open(): ByteWriter {
    return new ByteWriter(this.#free);
  }
}

/** Writes into blocks, one behind the other. */
export class ByteWriter {
  readonly #free: Buffer[];
  readonly #taken: Buffer[] = [];
  #block: Buffer | null = null;
  #used = 0;

  /** @param free blocks that nobody uses; those that this one has used come back to them */
  constructor(free: Buffer[]) {
    this.#free = free;
  }

  /** Room for so many bytes, and often more, to be written from its start on. */
  room(bytes: number): Buffer {
    return this.#blockFor(bytes)?.subarray(this.#used) ?? Buffer.allocUnsafe(bytes);
  }

  /** What was written into the {@link room} that was given last, which stays until {@link release}. */
  keep(room: Buffer, bytes: number): Buffer {
    if (room.buffer === this.#block?.buffer) this.#used += bytes;
    return room.subarray(0, bytes);
  }

  /** A copy of bytes, which stays until {@link release}, whatever they are a part of. */
  copy(bytes: Buffer): Buffer {
    const block = this.#blockFor(bytes.length);
    if (block === null) return bytes;
    const start = this.#used;
    this.#used += bytes.copy(block, start);
    return block.subarray(start, this.#used);
  }

  /** Gives the memory to others: nothing of what was written may be read any more. */
  release(): void {
    this.#free.push(...this.#taken.splice(0));
    this.#block = null;
  }

  #room(): number {
    return this.#block ? BLOCK_BYTES - this.#used : 0;
  }

  /** A block that has room for these bytes; null when none has. */
  #blockFor(bytes: number): Buffer | null {
    if (bytes > BLOCK_BYTES) return null;
    if (this.#block && bytes <= this.#room()) return this.#block;
    const block = this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#taken.push(block);
    this.#used = 0;
    return (this.#block = block);
  }
}

/** The same bytes in as few pieces as can be: what was written one behind the other is one. */
export function* joined(pieces: Iterable<Buffer>): Generator<Buffer> {
  let piece: Buffer | null = null;
  for (const next of pieces) {
    if (piece !== null && next.buffer === piece.buffer && next.byteOffset === piece.byteOffset + piece.length) {
      piece = Buffer.from(piece.buffer, piece.byteOffset, piece.length + next.length);
      continue;
    }
    if (piece !== null) yield piece;
    piece = next;
  }
  if (piece !== null) yield piece;
}
