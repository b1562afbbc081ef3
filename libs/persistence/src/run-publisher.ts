import type { RunMetrics } from '@confscope/domain';
import { copyText, inChunks } from './copy-text.ts';
import type { Database } from './database.ts';
import type { Fence } from './run-claims.ts';
import { sqlFile } from './sql-file.ts';

const COMPLETE = sqlFile('complete-run');

/** One line of the manifest. */
export interface ManifestLine {
  path: string;
  fileId: number | null;
  kind: 'conf' | 'meta' | 'ignored';
  conf: string | null;
  app: string | null;
  scope: string | null;
  layer: string | null;
  owner: string | null;
  bytes: number | null;
  sha256: string | null;
  stanzaCount: number;
  reused: boolean;
  ignoredReason: string | null;
}

/** Everything of the metrics that the database does not add itself at the moment of the commit. */
export type PublishedMetrics = Omit<RunMetrics, 'duration_seconds' | 'retry_count'>;

class FencedOff extends Error {}

/** Makes the result of a run visible, at once and only if the attempt still holds the fence. */
export class RunPublisher {
  constructor(private readonly database: Database) {}

  /**
   * Writes the manifest and sets the run complete in one transaction.
   *
   * @returns false when another attempt has taken over: nothing was written
   */
  async publish(
    { runId, attempt }: Fence,
    manifest: readonly ManifestLine[],
    metrics: PublishedMetrics,
    peakRssBytes: number,
  ): Promise<boolean> {
    try {
      await this.database.transaction(async (tx) => {
        const done = await tx.rows(COMPLETE, [runId, attempt, JSON.stringify(metrics), peakRssBytes]);
        if (done.length === 0) throw new FencedOff();
        await tx.copy(
          'run_files (run_id, path, file_id, first_stanza, kind, conf, app, scope, layer, owner, bytes, sha256, reused, ignored_reason)',
          inChunks(manifestRows(runId, manifest)),
        );
      });
      return true;
    } catch (error) {
      if (error instanceof FencedOff) return false;
      throw error;
    }
  }
}

function* manifestRows(runId: number, manifest: readonly ManifestLine[]): Generator<string> {
  // Buffer.compare is the byte order that the "C" collation of the path column has.
  const sorted = manifest
    .map((line) => ({ line, bytes: Buffer.from(line.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  let firstStanza = 0;
  for (const { line } of sorted) {
    const columns = [
      String(runId),
      copyText(line.path),
      line.fileId === null ? '\\N' : String(line.fileId),
      String(firstStanza),
      line.kind,
      copyText(line.conf),
      copyText(line.app),
      copyText(line.scope),
      copyText(line.layer),
      copyText(line.owner),
      line.bytes === null ? '\\N' : String(line.bytes),
      copyText(line.sha256),
      line.reused ? 't' : 'f',
      copyText(line.ignoredReason),
    ];
    yield columns.join('\t') + '\n';
    firstStanza += line.stanzaCount;
  }
}
