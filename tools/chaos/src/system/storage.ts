import { spawnSync } from 'node:child_process';
import { mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Holds the archives of a long storm, and little more. */
const DISK_MB = 1024;
const CHUNK = Buffer.alloc(1024 * 1024);

/** The folder of the blob store, on a small disk of its own where the platform lets us have one. */
export class Storage {
  readonly path: string;
  /** Why the disk cannot be filled; undefined when it can. */
  readonly noDiskReason: string | undefined;
  readonly #disk: string;
  #shadows = 0;

  private constructor(disk: string, noDiskReason: string | undefined) {
    this.#disk = disk;
    this.noDiskReason = noDiskReason;
    this.path = join(disk, 'storage');
  }

  static async at(folder: string): Promise<Storage> {
    const disk = join(folder, 'disk');
    await mkdir(disk, { recursive: true });
    const storage = new Storage(disk, mountDisk(disk));
    await mkdir(storage.path);
    return storage;
  }

  /** Takes the folder away, as a share that is not mounted any more. */
  async takeAway(): Promise<void> {
    await rename(this.path, join(this.#disk, 'away'));
  }

  /** Brings it back. What was written to the empty place in the meantime is hidden by it, as below a mount point. */
  async bringBack(): Promise<void> {
    const shadow = join(this.#disk, `shadow-${this.#shadows}`);
    const hidden = await rename(this.path, shadow).then(
      () => true,
      () => false,
    );
    if (hidden) this.#shadows++;
    await rename(join(this.#disk, 'away'), this.path);
  }

  /** Writes until nothing more fits. */
  async fillDisk(): Promise<void> {
    const file = await open(join(this.#disk, 'ballast'), 'w');
    try {
      for (;;) await file.write(CHUNK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  async emptyDisk(): Promise<void> {
    await rm(join(this.#disk, 'ballast'), { force: true });
  }

  /** Keys of the stored blobs, and names of what is still coming in. */
  async contents(): Promise<{ blobs: string[]; incoming: string[] }> {
    const blobs = await readdir(join(this.path, 'blobs'), { recursive: true, withFileTypes: true }).catch(() => []);
    const incoming = await readdir(join(this.path, 'incoming')).catch(() => []);
    return {
      blobs: blobs
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(this.path, 'blobs').length + 1)),
      incoming,
    };
  }

  /** Lets this much time pass for files that uploads left behind. */
  async ageIncoming(ms: number): Promise<void> {
    const folder = join(this.path, 'incoming');
    const then = new Date(Date.now() - ms);
    for (const name of await readdir(folder).catch(() => []))
      await utimes(join(folder, name), then, then).catch(() => undefined);
  }

  async remove(): Promise<void> {
    if (this.noDiskReason === undefined) spawnSync('umount', ['-l', this.#disk]);
    await rm(this.#disk, { recursive: true, force: true });
  }
}

/** Mounts a small disk in memory; the reason when that is not possible. */
function mountDisk(folder: string): string | undefined {
  if (process.platform !== 'linux') return 'a disk of a limited size needs Linux';
  if (process.getuid?.() !== 0) return 'mounting a disk of a limited size needs root';
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `mounting a disk of a limited size failed: ${stderr.trim()}`;
}
