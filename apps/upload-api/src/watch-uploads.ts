import type { BlobStore } from '@confscope/blob-store';
import type { UploadRuns } from '@confscope/persistence';
import { Loop, type LoopOptions } from '@confscope/service-kit';
import { type HeartbeatLimits, KeepUploadsAlive } from './keep-uploads-alive.ts';
import type { ReceiveUpload } from './receive-upload.ts';
import { SweepUploads } from './sweep-uploads.ts';

interface WatchLimits extends HeartbeatLimits {
  /** After which silence an upload is given up. */
  silenceMs: number;
}

/** What a dead service left behind is given up within a minute of the next start. */
const LIMITS: WatchLimits = { beatMs: 10_000, steadyMs: 45_000, silenceMs: 60_000 };

/**
 * Keeps this process's uploads alive, and gives up those of processes that died. Each in a loop of its own: a storage that
 * hangs may keep the second one for minutes, and others would take this process for dead.
 */
export class WatchUploads {
  readonly #loops: readonly Loop[];

  constructor(
    uploads: ReceiveUpload,
    runs: UploadRuns,
    blobs: BlobStore,
    onError: LoopOptions['onError'],
    limits = LIMITS,
  ) {
    const heartbeats = new KeepUploadsAlive(uploads, runs, limits);
    const sweep = new SweepUploads(heartbeats, runs, blobs, limits.silenceMs);
    const every = { everyMs: limits.beatMs, onError };
    this.#loops = [
      new Loop({ name: 'keep uploads alive', ...every }, () => heartbeats.run()),
      new Loop({ name: 'sweep uploads', ...every }, () => sweep.run()),
    ];
  }

  start(): this {
    for (const loop of this.#loops) loop.start();
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
