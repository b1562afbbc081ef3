import type { RunStatus, UploadType } from '@confscope/domain';
import type { Executor } from './database.ts';
import type { RunRow } from './run-row.ts';
import { sqlFile } from './sql-file.ts';

const SQL = {
  find: sqlFile('find-run'),
  findAll: sqlFile('find-runs'),
  list: sqlFile('list-runs'),
  count: sqlFile('count-runs'),
};

/** Which runs to list; null is no filter. */
export interface RunFilter {
  status: RunStatus | null;
  type: UploadType | null;
  /** Exact. */
  label: string | null;
  /** Created then or later. */
  since: Date | null;
}

/** Which part of a list of runs; the list is ordered from the newest run to the oldest. */
export interface RunPage {
  /** Only runs with a smaller id: the last one of the page before. */
  beforeId: number | null;
  /** Rows to skip, for those who page by number. */
  offset: number;
  limit: number;
}

/** Reads runs. */
export class RunQueries {
  constructor(private readonly database: Executor) {}

  /** The run, or null when there is none of this id. */
  async find(runId: number): Promise<RunRow | null> {
    const rows = await this.database.rows<RunRow>(SQL.find, [runId]);
    return rows[0] ?? null;
  }

  /** Those of the runs that exist. */
  findAll(runIds: readonly number[]): Promise<RunRow[]> {
    return this.database.rows<RunRow>(SQL.findAll, [runIds]);
  }

  /** A page of the runs that the filter leaves, newest first. */
  list(filter: RunFilter, { beforeId, offset, limit }: RunPage): Promise<RunRow[]> {
    return this.database.rows<RunRow>(SQL.list, [...parametersOf(filter), beforeId, offset, limit]);
  }

  /** How many runs the filter leaves, on all pages together. */
  async count(filter: RunFilter): Promise<number> {
    const rows = await this.database.rows<{ total: number }>(SQL.count, parametersOf(filter));
    return rows[0]?.total ?? 0;
  }
}

function parametersOf({ status, type, label, since }: RunFilter): unknown[] {
  return [status, type, label, since];
}
