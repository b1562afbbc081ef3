import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
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
  open(range?: { start: number; end: number }): Readable;
}

/** A blob that grew past the limit it was given. Nothing of it is kept. */
export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge';

  constructor(readonly maxBytes: number) {
    super(`The file is larger than ${maxBytes} bytes.`);
  }
}

const READ_CHUNK_BYTES = 256 * 1024;
const KEY = /^[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9][a-z0-9_-]*)*$/;

/**
 * Blobs as files of one folder. A blob is written under a temporary name, flushed to the disk and renamed, so a name
 * that exists stands for bytes that are whole, even after a power cut.
 */
export class FileBlobStore {
  readonly #blobs: string;
  readonly #incoming: string;

  private constructor(root: string) {
    this.#blobs = path.join(root, 'blobs');
    this.#incoming = path.join(root, 'incoming');
  }

  /** Opens the store in this folder, made when missing. */
  static async at(root: string): Promise<FileBlobStore> {
    const store = new FileBlobStore(path.resolve(root));
    await mkdir(store.#blobs, { recursive: true });
    await mkdir(store.#incoming, { recursive: true });
    return store;
  }

  /**
   * Pulls the bytes to the disk while they are counted and hashed; memory stays flat whatever the size. When `chunks`
   * fails, or passes `maxBytes` ({@link BlobTooLarge}), nothing is left behind.
   *
   * @param onBytes told after each chunk how many bytes have arrived
   */
  async write(
    key: string,
    chunks: AsyncIterable<Buffer>,
    maxBytes: number,
    onBytes?: (bytes: number) => void,
  ): Promise<StoredBlob> {
    const target = this.#fileOf(key);
    const temporary = path.join(this.#incoming, randomUUID());
    const file = await open(temporary, 'wx', 0o600);
    try {
      const stored = await receive(file, chunks, maxBytes, onBytes);
      await file.sync();
      await file.close();
      await mkdir(path.dirname(target), { recursive: true });
      await rename(temporary, target);
      await syncFolder(path.dirname(target));
      return stored;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** The blob of this key. Throws a permanent fault when there is none; other errors of the disk pass through. */
  async read(key: string): Promise<BlobSource> {
    const file = this.#fileOf(key);
    try {
      const { size } = await stat(file);
      return { bytes: size, open: (range) => createReadStream(file, { ...range, highWaterMark: READ_CHUNK_BYTES }) };
    } catch (error) {
      // A missing folder is a storage that is away, which may come back; a missing file in it never does.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !(await isFolder(this.#blobs))) throw error;
      throw permanentFault('archive-missing', 'the archive is no longer in the store; upload it again', error);
    }
  }

  /** Throws when the folder is away. */
  async ping(): Promise<void> {
    await stat(this.#blobs);
  }

  /** Removes a blob; one that is not there is removed already. */
  async delete(key: string): Promise<void> {
    await rm(this.#fileOf(key), { force: true });
  }

  /** Removes what uploads left behind whose process died, once it is older than this; returns how many there were. */
  async sweepIncoming(olderThanMs: number, now: number): Promise<number> {
    let swept = 0;
    for (const name of await readdir(this.#incoming)) {
      const file = path.join(this.#incoming, name);
      const info = await stat(file).catch(() => null);
      if (!info || now - info.mtimeMs < olderThanMs) continue;
      await rm(file, { force: true });
      swept++;
    }
    return swept;
  }

  #fileOf(key: string): string {
    if (!KEY.test(key)) throw new Error(`Not a blob key: ${JSON.stringify(key)}`);
    return path.join(this.#blobs, key);
  }
}

async function receive(
  file: FileHandle,
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BlobTooLarge(maxBytes);
    hash.update(chunk);
    for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
    onBytes?.(bytes);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The rename itself is only safe once the folder is on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => null))?.isDirectory() ?? false;
}
