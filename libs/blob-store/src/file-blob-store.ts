import { randomUUID } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { GroupCommit } from '@confscope/service-kit/group-commit';
import { type BlobSource, type BlobStore, blobMissing, checkedKey, Intake, type StoredBlob } from './blob-store.ts';
import { GatheredWrites } from './gathered-writes.ts';

const READ_CHUNK_BYTES = 256 * 1024;
/** What may gather while the disk has as much in hand: of all blobs that are being written, and of each of them. */
const WAITING_BYTES = 2 * 1024 * 1024;
const MAX_WAITING_BYTES = 512 * 1024;

/**
 * Blobs as files of one folder. A blob is written under a temporary name, flushed to the disk and renamed, so a name
 * that exists stands for bytes that are whole, even after a power cut.
 */
export class FileBlobStore implements BlobStore {
  readonly #blobs: string;
  readonly #incoming: string;
  /** Blobs that are being written. */
  #writers = 0;
  /** By folder. There are as many as kinds of keys. */
  readonly #flushes = new Map<string, GroupCommit<undefined>>();

  private constructor(root: string) {
    this.#blobs = path.join(root, 'blobs');
    this.#incoming = path.join(root, 'incoming');
  }

  /** The store in this folder, which need not be there now. */
  static at(root: string): FileBlobStore {
    return new FileBlobStore(path.resolve(root));
  }

  async prepare(): Promise<void> {
    await mkdir(this.#blobs, { recursive: true });
    await mkdir(this.#incoming, { recursive: true });
  }

  async write(
    key: string,
    chunks: AsyncIterable<Buffer>,
    maxBytes: number,
    onBytes?: (bytes: number) => void,
  ): Promise<StoredBlob> {
    const target = this.#fileOf(key);
    const temporary = path.join(this.#incoming, randomUUID());
    const intake = new Intake(maxBytes, onBytes);
    const file = await open(temporary, 'wx', 0o600);
    const writes = new GatheredWrites(file, () => Math.min(WAITING_BYTES / this.#writers, MAX_WAITING_BYTES));
    this.#writers++;
    try {
      for await (const chunk of intake.of(chunks)) await writes.add(chunk);
      await writes.end();
      await file.sync();
      await file.close();
      await this.#putInPlace(temporary, key);
      await this.#flushed(path.dirname(target));
      return intake.stored();
    } catch (error) {
      await writes.abandon();
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    } finally {
      this.#writers--;
    }
  }

  async read(key: string): Promise<BlobSource> {
    const file = this.#fileOf(key);
    const { size } = await this.#look(file);
    // A stream takes the memory of a whole chunk for a file of a few bytes.
    const highWaterMark = Math.max(1, Math.min(size, READ_CHUNK_BYTES));
    return { bytes: size, open: (range) => createReadStream(file, { ...range, highWaterMark }) };
  }

  /** A missing folder is a storage that is away, which may come back; a missing file in it never does. */
  async #look(file: string): Promise<Stats> {
    try {
      return await stat(file);
    } catch (error) {
      if (!isNotThere(error) || !(await isFolder(this.#blobs))) throw error;
    }
    // The folder may have come back after the first look, so that only a second one tells.
    return stat(file).catch((error: unknown) => {
      throw isNotThere(error) ? blobMissing(error) : error;
    });
  }

  /** Gives a file the name of its key, whose folders are there but for the first time. */
  async #putInPlace(file: string, key: string): Promise<void> {
    const target = this.#fileOf(key);
    try {
      await rename(file, target);
    } catch (error) {
      if (!isNotThere(error)) throw error;
      await this.#makeFoldersOf(key);
      await rename(file, target);
    }
  }

  /** The rename itself is only safe once the folder is on the disk too. One flush does for all that came before it. */
  #flushed(folder: string): Promise<void> {
    let flushes = this.#flushes.get(folder);
    if (!flushes) this.#flushes.set(folder, (flushes = new GroupCommit(() => syncFolder(folder))));
    return flushes.add(undefined);
  }

  /**
   * Makes the folders of a key, one by one: a storage that went away while the bytes came in must not get another one made
   * in its place, in which every archive would be missing.
   */
  async #makeFoldersOf(key: string): Promise<void> {
    let folder = this.#blobs;
    for (const name of key.split('/').slice(0, -1)) {
      const parent = folder;
      folder = path.join(parent, name);
      const made = await mkdir(folder).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
          return false;
        },
      );
      if (made) await syncFolder(parent);
    }
  }

  async ping(): Promise<void> {
    await stat(this.#blobs);
  }

  async delete(key: string): Promise<void> {
    await rm(this.#fileOf(key), { force: true });
    // Where the folder itself is away, nothing was removed: whoever asked has to ask again.
    await this.ping();
  }

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
    return path.join(this.#blobs, checkedKey(key));
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isNotThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => null))?.isDirectory() ?? false;
}
