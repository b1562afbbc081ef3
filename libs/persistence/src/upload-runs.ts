import type { QueueName, UploadType } from '@confscope/domain';
import { failureMessage } from '@confscope/domain';
import type { Executor } from './database.ts';
import type { RunRow } from './run-row.ts';
import { preparedSql, sqlFile } from './sql-file.ts';

const SQL = {
  begin: preparedSql('begin-upload'),
  store: preparedSql('store-upload'),
  interrupt: sqlFile('interrupt-upload'),
  discard: sqlFile('discard-upload'),
  silent: sqlFile('silent-uploads'),
};

export interface BeginUpload {
  queue: QueueName;
  archiveName: string;
  idempotencyKey: string | null;
  /** The upload service that receives it. */
  receiver: string;
  traceparent: string | null;
}

export interface StoreUpload {
  runId: number;
  type: UploadType;
  label: string | null;
  notes: string | null;
  queue: QueueName;
  archiveKey: string;
  sha256: string;
  bytes: number;
  taskId: string;
  /** Why the run fails at once. Without a reason it is to be parsed, and not stored when its bytes are in quarantine. */
  refusal?: string | null;
}

/** Runs while their archive is on its way: from the first byte to `stored`. */
export class UploadRuns {
  constructor(private readonly database: Executor) {}

  /** Enters a `pending` run and returns its id, or null when the idempotency key is taken. */
  async begin(upload: BeginUpload): Promise<number | null> {
    const { queue, archiveName, idempotencyKey, receiver, traceparent } = upload;
    const rows = await this.database.rows<{ id: number }>(SQL.begin, [
      queue,
      archiveName,
      idempotencyKey,
      receiver,
      traceparent,
    ]);
    return rows[0]?.id ?? null;
  }

  /** The run that holds this idempotency key, or null. */
  async findByIdempotencyKey(key: string): Promise<RunRow | null> {
    const rows = await this.database.rows<RunRow>('select * from runs where project_id = 1 and idempotency_key = $1', [
      key,
    ]);
    return rows[0] ?? null;
  }

  /** Whether the blob store should hold any archive. A database that has no table of runs yet knows of none. */
  async anyArchive(): Promise<boolean> {
    const [table] = await this.database.rows<{ known: boolean }>(`select to_regclass('runs') is not null as known`);
    if (!table?.known) return false;
    const rows = await this.database.rows(`select from runs where archive_key is not null limit 1`);
    return rows.length > 0;
  }

  /** Tells that these uploads are still being received. */
  async keepAlive(runIds: number[]): Promise<void> {
    await this.database.rows(
      `update runs set last_heartbeat = now() where id = any($1::bigint[]) and status = 'pending'`,
      [runIds],
    );
  }

  /**
   * pending → stored: the promise is made; or pending → failed, see `refusal`. Null when the run is not pending any more, or
   * its bytes are in quarantine and nobody has given that as the reason.
   */
  async store(upload: StoreUpload): Promise<RunRow | null> {
    const { runId, type, label, notes, queue, archiveKey, sha256, bytes, taskId, refusal } = upload;
    const rows = await this.database.rows<RunRow>(SQL.store, [
      runId,
      type,
      label,
      notes,
      queue,
      archiveKey,
      sha256,
      bytes,
      taskId,
      refusal ?? null,
    ]);
    return rows[0] ?? null;
  }

  /** Removes a pending run whose request turned out to be refused. False when the run was stored and needs its archive. */
  async discard(runId: number, archiveKey: string): Promise<boolean> {
    const rows = await this.database.rows(SQL.discard, [runId, archiveKey]);
    return rows.length > 0 || this.#needsNoArchive(runId);
  }

  /** pending → failed: the sender went away after this many bytes. False when the run was stored and needs its archive. */
  async interrupt(runId: number, archiveKey: string, bytes: number): Promise<boolean> {
    return (await this.#interrupt(runId, archiveKey, bytes, null)) || this.#needsNoArchive(runId);
  }

  /**
   * pending → failed: the receiver has said nothing for this long. False when it was heard again, or the run ended: then
   * the archive is the business of whoever saw to that.
   */
  interruptSilent(runId: number, archiveKey: string, silenceMs: number): Promise<boolean> {
    return this.#interrupt(runId, archiveKey, 0, silenceMs);
  }

  async #interrupt(runId: number, archiveKey: string, bytes: number, silenceMs: number | null): Promise<boolean> {
    const message = failureMessage.uploadInterrupted(bytes);
    const rows = await this.database.rows(SQL.interrupt, [runId, message, archiveKey, silenceMs]);
    return rows.length > 0;
  }

  /** Asked in a statement of its own, behind the one that found the run pending no more: so it sees how it was left. */
  async #needsNoArchive(runId: number): Promise<boolean> {
    const rows = await this.database.rows('select from runs where id = $1 and archive_key is not null', [runId]);
    return rows.length === 0;
  }

  /** Ids of pending runs whose receiver has said nothing for this long. */
  async silent(silenceMs: number): Promise<number[]> {
    const rows = await this.database.rows<{ id: number }>(SQL.silent, [silenceMs]);
    return rows.map((row) => row.id);
  }
}
