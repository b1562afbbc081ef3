import type { UploadRuns } from '@confscope/persistence';
import type { ReceiveUpload } from './receive-upload.ts';

export interface HeartbeatLimits {
  /** How often uploads in progress say that they live. */
  beatMs: number;
  /**
   * How long heartbeats must have reached PostgreSQL before the silence of others counts. After an outage everybody is
   * silent: it takes a hung connection up to 30 s to be noticed, and a few more for the next one.
   */
  steadyMs: number;
}

/** So many pauses without a heartbeat are an outage, also when the statement that hung is carried out in the end. */
const BEATS_OF_A_GAP = 2;

/** Tells that this process's uploads live, and knows whether PostgreSQL could be reached all the time. */
export class KeepUploadsAlive {
  #reachedAt = -Infinity;
  #reachedSince = -Infinity;

  constructor(
    private readonly uploads: ReceiveUpload,
    private readonly runs: UploadRuns,
    private readonly limits: HeartbeatLimits,
    /** Time in ms, by a clock that nobody sets. */
    private readonly now = (): number => performance.now(),
  ) {}

  async run(): Promise<void> {
    try {
      // Also without an upload, since it tells whether heartbeats arrive.
      await this.runs.keepAlive(this.uploads.inProgress);
    } catch (error) {
      this.#reachedAt = -Infinity;
      throw error;
    }
    const now = this.now();
    if (this.#isGap(now)) this.#reachedSince = now;
    this.#reachedAt = now;
  }

  /** Whether heartbeats have arrived without a gap for so long that those of other services had the time to arrive too. */
  get isSteady(): boolean {
    const now = this.now();
    return !this.#isGap(now) && now - this.#reachedSince >= this.limits.steadyMs;
  }

  #isGap(now: number): boolean {
    return now - this.#reachedAt > BEATS_OF_A_GAP * this.limits.beatMs;
  }
}
