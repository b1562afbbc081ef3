import type { Executor } from './database.ts';
import type { RunRow } from './run-row.ts';
import { preparedSql, sqlFile, sqlForBatch } from './sql-file.ts';

const SQL = {
  redispatch: sqlFile('redispatch-run'),
  markDispatched: preparedSql('mark-dispatched'),
  cancel: sqlFile('cancel-run'),
  delete: sqlFile('delete-run'),
  deleteManifest: sqlFile('delete-manifest'),
};

interface DeletedRun {
  archive_key: string | null;
  manifest_id: number | null;
}

/** What people ask of a run that is stored. Each is one statement, guarded by the status it leaves. */
export class RunCommands {
  constructor(private readonly database: Executor) {}

  /** The run, or null when there is none of this id. */
  async find(runId: number): Promise<RunRow | null> {
    const rows = await this.database.rows<RunRow>('select * from runs where id = $1', [runId]);
    return rows[0] ?? null;
  }

  /**
   * stored | failed | cancelled → stored, as a new task, or as the same one when no worker has taken it yet. Null when the
   * run is in another status or has no archive.
   */
  async redispatch(runId: number, taskId: string, traceparent: string | null): Promise<RunRow | null> {
    const rows = await this.database.rows<RunRow>(SQL.redispatch, [runId, taskId, traceparent]);
    return rows[0] ?? null;
  }

  /** Closes the outbox entries of these tasks: the dispatch index has them. */
  async markDispatched(tasks: readonly { runId: number; taskId: string }[]): Promise<void> {
    await this.database.rows(sqlForBatch(SQL.markDispatched, tasks.length), [
      tasks.map(({ runId }) => runId),
      tasks.map(({ taskId }) => taskId),
    ]);
  }

  /** stored | parsing → cancelled. Null when the run is in another status. */
  async cancel(runId: number): Promise<RunRow | null> {
    const rows = await this.database.rows<RunRow>(SQL.cancel, [runId]);
    return rows[0] ?? null;
  }

  /**
   * Deletes a run that is not being worked on; returns its archive's key, or null when it is busy or unknown. The archive
   * is to be deleted next, and counts as unwanted until then, see `Retention`.
   */
  async delete(runId: number): Promise<{ archiveKey: string | null } | null> {
    const [run] = await this.database.rows<DeletedRun>(SQL.delete, [runId]);
    if (!run) return null;
    if (run.manifest_id !== null) await this.#deleteManifest(run.manifest_id);
    return { archiveKey: run.archive_key };
  }

  /** A manifest that another run takes up at this moment stays, and so does one that cannot be deleted now. */
  async #deleteManifest(manifestId: number): Promise<void> {
    await this.database.rows(SQL.deleteManifest, [manifestId]).catch(() => undefined);
  }
}
