import type { FileHandle } from 'node:fs/promises';

/** What a chunk takes beside its bytes: a sender may cut them as small as it likes. */
const CHUNK_OVERHEAD_BYTES = 256;
/** No boundary of a form is longer: it is said in the head of the request, which has no more room in Node. */
const SMALL_BYTES = 16 * 1024;

/**
 * Chunks on their way into a file. While some are being written others gather, and go with the next write: so whoever
 * reads and hashes them does not wait for the disk, and a fast sender has few and large writes. What is written is given
 * back at once.
 */
export class GatheredWrites {
  readonly #file: FileHandle;
  readonly #roomBytes: () => number;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #writing: Promise<void> | undefined;

  /** @param roomBytes how many bytes may gather now; one chunk always may */
  constructor(file: FileHandle, roomBytes: () => number) {
    this.#file = file;
    this.#roomBytes = roomBytes;
  }

  /** Takes a chunk over, and returns when there is room for another one. Throws what a write failed with. */
  async add(chunk: Buffer): Promise<void> {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length + CHUNK_OVERHEAD_BYTES;
    if (!this.#writing) this.#write();
    while (this.#gatheredBytes > this.#roomBytes()) await this.#writing;
  }

  /** Returns when all is written. Throws what a write failed with. */
  async end(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** Forgets what has gathered, and returns when nothing is being written any more. Never rejects. */
  async abandon(): Promise<void> {
    this.#gathered = [];
    await this.#writing?.catch(() => undefined);
  }

  #write(): void {
    const chunks = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#writing = writeWhole(this.#file, chunks).then(() => {
      for (const chunk of chunks) giveBack(chunk);
      this.#writing = undefined;
      if (this.#gathered.length > 0) this.#write();
    });
    // Who adds the next one, or comes to the end, is told.
    this.#writing.catch(() => undefined);
  }
}

async function writeWhole(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  for (let rest = chunks; rest.length > 0;) rest = behind(rest, (await file.writev(rest)).bytesWritten);
}

/** What is left of the chunks behind their first bytes. */
function behind(chunks: readonly Buffer[], bytes: number): readonly Buffer[] {
  for (const [i, chunk] of chunks.entries()) {
    if (bytes < chunk.length) return [chunk.subarray(bytes), ...chunks.slice(i + 1)];
    bytes -= chunk.length;
  }
  return [];
}

/**
 * Frees the memory of a large chunk that nobody reads any more. The collector would do it too, but one that has survived
 * while it waited for the disk is found by a full collection only, and until then there may be a hundred megabytes of them.
 */
function giveBack({ buffer, length }: Buffer): void {
  // Memory that others may have a part of is the collector's, and so are small chunks: the parser of a form hands out one
  // that it goes on using, which is as long as the boundary.
  const isOwn = buffer instanceof ArrayBuffer && !buffer.detached && length === buffer.byteLength;
  if (isOwn && length > SMALL_BYTES) buffer.transfer(0);
}
