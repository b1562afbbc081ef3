import type { BlobStore } from '@confscope/blob-store';
import { ContentJanitor, type Database, Retention } from '@confscope/persistence';
import type { Config, Logger } from '@confscope/service-kit';
import type { workerSettings } from './settings.ts';
import { type CollectedKind, workerMetrics } from './worker-metrics.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface RetainPolicy {
  /** Age at which a finished run goes; 0 is never. */
  runsMs: number;
  /** Age at which a finished run loses its archive; 0 is never. */
  archivesMs: number;
}

/**
 * Gives up what the policy says is old enough, and deletes the archives that no run has any more, whoever took them from
 * their run and died before the archive was gone. Rows go first: an archive that a run still names is never deleted.
 */
export class Retain {
  constructor(
    private readonly retention: Retention,
    /** Null: parsed contents are kept for ever. */
    private readonly janitor: Pick<ContentJanitor, 'run'> | null,
    private readonly blobs: Pick<BlobStore, 'delete' | 'ping'>,
    private readonly policy: RetainPolicy,
    private readonly logger: Pick<Logger, 'info'>,
  ) {}

  /** Retention as the settings ask for it. */
  static by(
    config: Config<typeof workerSettings>,
    database: Database,
    blobs: Pick<BlobStore, 'delete' | 'ping'>,
    logger: Logger,
  ): Retain {
    const unusedMs = config.RETENTION_CONTENT_HOURS * HOUR_MS;
    const janitor = unusedMs > 0 ? new ContentJanitor(database, { unusedMs }) : null;
    const policy = {
      runsMs: config.RETENTION_RUNS_DAYS * DAY_MS,
      archivesMs: config.RETENTION_ARCHIVES_DAYS * DAY_MS,
    };
    return new Retain(new Retention(database), janitor, blobs, policy, logger);
  }

  async run(): Promise<void> {
    const { runsMs, archivesMs } = this.policy;
    if (runsMs > 0) this.#report('runs', await this.retention.expireRuns(runsMs));
    if (archivesMs > 0) await this.retention.expireArchives(archivesMs);
    await this.#collectContent();
    await this.#deleteArchives();
  }

  /**
   * An archive that cannot be deleted, as one under a lock, stands in no other's way: it is tried again the next time, and
   * the first of them is what this fails with. A storage that is away is not asked for the rest.
   */
  async #deleteArchives(): Promise<void> {
    let failed: { error: unknown } | undefined;
    let isAway = false;
    for await (const keys of this.retention.unwantedArchives()) {
      const gone: string[] = [];
      for (const key of keys) {
        try {
          await this.blobs.delete(key);
          gone.push(key);
        } catch (error) {
          failed ??= { error };
          isAway = await this.#isStorageAway();
          if (isAway) break;
        }
      }
      this.#report('archives', await this.retention.archivesGone(gone));
      if (isAway) break;
    }
    if (failed) throw failed.error;
  }

  #isStorageAway(): Promise<boolean> {
    return this.blobs.ping().then(
      () => false,
      () => true,
    );
  }

  async #collectContent(): Promise<void> {
    if (!this.janitor) return;
    const { manifests, trees, files, layouts } = await this.janitor.run();
    this.#report('manifests', manifests);
    this.#report('trees', trees);
    this.#report('files', files);
    this.#report('layouts', layouts);
  }

  #report(kind: CollectedKind, count: number): void {
    if (count === 0) return;
    workerMetrics.collected(kind, count);
    this.logger.info({ kind, count }, 'collected by retention');
  }
}
