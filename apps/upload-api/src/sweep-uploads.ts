import type { BlobStore } from '@confscope/blob-store';
import type { UploadRuns } from '@confscope/persistence';
import { archiveKeyOf, type ReceiveUpload } from './receive-upload.ts';

/** How often uploads in progress say that they live, and after which silence they are given up. */
export const KEEP_ALIVE_MS = 10_000;
const SILENCE_MS = 6 * KEEP_ALIVE_MS;
/** Bytes that nobody has written to for this long belong to no upload any more. */
const LEFT_BEHIND_MS = 60 * 60 * 1000;
/** Such bytes harm nobody, and asking a bucket for them costs money. */
const SWEEP_STORAGE_EVERY_MS = 10 * 60 * 1000;

/** Keeps this process's uploads alive, and tidies up after processes that died while they received. */
export class SweepUploads {
  #storageSweptAt = -Infinity;

  constructor(
    private readonly uploads: ReceiveUpload,
    private readonly runs: UploadRuns,
    private readonly blobs: BlobStore,
  ) {}

  async run(): Promise<void> {
    await this.runs.keepAlive(this.uploads.inProgress);
    for (const runId of await this.runs.silent(SILENCE_MS)) {
      // The row first: its receiver may come back and store it until then.
      const key = archiveKeyOf(runId);
      // What cannot be deleted now is on the list of unwanted archives, and keeps no other upload waiting.
      if (await this.runs.interrupt(runId, key, 0)) await this.blobs.delete(key).catch(() => undefined);
    }
    const now = performance.now();
    if (now - this.#storageSweptAt < SWEEP_STORAGE_EVERY_MS) return;
    await this.blobs.sweepIncoming(LEFT_BEHIND_MS, Date.now());
    this.#storageSweptAt = now;
  }
}
