import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { permanentFault } from '@confscope/domain';

/** A blob as it arrived. */
export interface StoredBlob {
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/** A stored blob, to be read as a whole or in ranges, as often as wanted. */
export interface BlobSource {
  readonly bytes: number;
  /** @param range first and last byte, both included */
  open(range?: { start: number; end: number }): Readable;
}

/** A blob that grew past the limit it was given. Nothing of it is kept. */
export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge';

  constructor(readonly maxBytes: number) {
    super(`The file is larger than ${maxBytes} bytes.`);
  }
}

/** Where archives are kept. A key that can be read stands for bytes that are whole. */
export interface BlobStore {
  /**
   * Makes the place of a store that is new. Never for one that holds archives already: when their place is missing it is
   * away, and an empty one in its stead would take uploads that vanish when it is back.
   */
  prepare(): Promise<void>;

  /**
   * Pulls the bytes into the store while they are counted and hashed; memory stays flat whatever the size. When `chunks`
   * fails, or passes `maxBytes` ({@link BlobTooLarge}), nothing is left behind.
   *
   * @param chunks belong to the store: nobody else may use one that was given to it
   * @param onBytes told after each chunk how many bytes have arrived
   */
  write(
    key: string,
    chunks: AsyncIterable<Buffer>,
    maxBytes: number,
    onBytes?: (bytes: number) => void,
  ): Promise<StoredBlob>;

  /** The blob of this key. Throws a permanent fault when there is none; that the storage is away is another error. */
  read(key: string): Promise<BlobSource>;

  /** Removes a blob; one that is not there is removed already. Throws when the storage is away: then it may still be there. */
  delete(key: string): Promise<void>;

  /** Throws when the storage is away. */
  ping(): Promise<void>;

  /** Removes what writers left behind whose process died, once nothing came for this long; returns how many there were. */
  sweepIncoming(olderThanMs: number, now: number): Promise<number>;
}

const KEY = /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*)*$/;

/** The key, which holds nothing that a path or an address could read otherwise. Throws when it does. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new Error(`Not a blob key: ${JSON.stringify(key)}`);
  return key;
}

/** What reading a blob that is not there ends with: trying again cannot help. */
export const blobMissing = (cause: unknown): Error =>
  permanentFault('archive-missing', 'the archive is no longer in the store; upload it again', cause);

/** Bytes on their way into a store: counts and hashes what passes, and refuses what is too much. */
export class Intake {
  readonly #hash = createHash('sha256');
  readonly #maxBytes: number;
  readonly #onBytes: (bytes: number) => void;
  #bytes = 0;

  constructor(maxBytes: number, onBytes: (bytes: number) => void = () => undefined) {
    this.#maxBytes = maxBytes;
    this.#onBytes = onBytes;
  }

  /** Passes the chunks on. Throws {@link BlobTooLarge} before the first one that is too much. */
  async *of(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      // Who takes the chunk may take its memory too.
      const { length } = chunk;
      if (this.#bytes + length > this.#maxBytes) throw new BlobTooLarge(this.#maxBytes);
      this.#hash.update(chunk);
      yield chunk;
      this.#bytes += length;
      this.#onBytes(this.#bytes);
    }
  }

  /** What has passed; asked for once, at the end. */
  stored(): StoredBlob {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
