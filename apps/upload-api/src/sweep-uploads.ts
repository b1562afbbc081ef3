import type { BlobStore } from '@confscope/blob-store';
import type { UploadRuns } from '@confscope/persistence';
import type { KeepUploadsAlive } from './keep-uploads-alive.ts';
import { archiveKeyOf } from './receive-upload.ts';

/** Bytes that nobody has written to for this long belong to no upload any more. */
const LEFT_BEHIND_MS = 60 * 60 * 1000;
/** Such bytes harm nobody, and asking a bucket for them costs money. */
const SWEEP_STORAGE_EVERY_MS = 10 * 60 * 1000;

/** Tidies up after processes that died while they received. */
export class SweepUploads {
  #storageSweptAt = -Infinity;

  constructor(
    private readonly heartbeats: KeepUploadsAlive,
    private readonly runs: UploadRuns,
    private readonly blobs: BlobStore,
    private readonly silenceMs: number,
  ) {}

  async run(): Promise<void> {
    for (const runId of await this.runs.silent(this.silenceMs)) {
      // Asked behind every answer: PostgreSQL may have been away while we waited for it, and then all uploads look silent.
      if (!this.heartbeats.isSteady) break;
      // The row first: its receiver may come back and store it until then.
      const key = archiveKeyOf(runId);
      // What cannot be deleted now is on the list of unwanted archives, and keeps no other upload waiting.
      if (await this.runs.interruptSilent(runId, key, this.silenceMs))
        await this.blobs.delete(key).catch(() => undefined);
    }
    const now = performance.now();
    if (now - this.#storageSweptAt < SWEEP_STORAGE_EVERY_MS) return;
    await this.blobs.sweepIncoming(LEFT_BEHIND_MS, Date.now());
    this.#storageSweptAt = now;
  }
}
