import type { ErrorType } from '@confscope/domain';
import type { Executor } from './database.ts';
import { sqlFile } from './sql-file.ts';

const SQL = { list: sqlFile('list-quarantine'), lift: sqlFile('lift-quarantine') };

/** An archive that is not parsed any more because it kept killing the process that parsed it. */
export interface QuarantinedArchive {
  /** Lower-case hex. */
  sha256: string;
  crashes: number;
  /** The run that crashed last. */
  run_id: number;
  error_type: ErrorType;
  error_message: string;
  last_crash_at: Date;
  quarantined_at: Date;
}

/** Archives, by their content, that are not to be parsed until somebody says so. */
export class Quarantine {
  constructor(private readonly database: Executor) {}

  /** The latest first. */
  list(limit: number): Promise<QuarantinedArchive[]> {
    return this.database.rows<QuarantinedArchive>(SQL.list, [null, limit]);
  }

  /** The entry of these bytes, or null when they are not in quarantine. */
  async find(sha256: string): Promise<QuarantinedArchive | null> {
    const rows = await this.database.rows<QuarantinedArchive>(SQL.list, [sha256, 1]);
    return rows[0] ?? null;
  }

  /** Lets these bytes be parsed again; false when they were not in quarantine. */
  async lift(sha256: string): Promise<boolean> {
    return (await this.database.rows(SQL.lift, [sha256])).length > 0;
  }
}
