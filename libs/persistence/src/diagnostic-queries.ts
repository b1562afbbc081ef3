import type { Executor } from './database.ts';
import { sqlFile } from './sql-file.ts';

const SQL = { list: sqlFile('list-diagnostics'), count: sqlFile('count-diagnostics') };

/** Which findings to list; null is no filter. */
export interface DiagnosticFilter {
  severity: string | null;
  code: string | null;
  app: string | null;
  conf: string | null;
}

/** Where a page of findings ended. */
export interface DiagnosticPosition {
  path: string;
  /** Number of the finding in its file, from 1. */
  n: number;
}

/** A finding and the file that it was made in. */
export interface DiagnosticRow extends DiagnosticPosition {
  kind: 'conf' | 'meta';
  conf: string;
  app: string | null;
  scope: string | null;
  layer: string | null;
  owner: string | null;
  finding: { code: string; severity: string; line: number; column: number; message: string; remedy: string };
}

export interface DiagnosticCount {
  code: string;
  severity: string;
  count: number;
}

/** Reads what was found in the files of runs. */
export class DiagnosticQueries {
  constructor(private readonly database: Executor) {}

  /** A page of the findings that the filter leaves: by path, and in a file by line. */
  list(
    runId: number,
    { severity, code, app, conf }: DiagnosticFilter,
    { after, limit }: { after: DiagnosticPosition | null; limit: number },
  ): Promise<DiagnosticRow[]> {
    return this.database.rows<DiagnosticRow>(SQL.list, [
      runId,
      after?.path ?? null,
      after?.n ?? 0,
      limit,
      severity,
      code,
      app,
      conf,
    ]);
  }

  /** How many findings of each code the filter leaves, the most severe and frequent first. */
  count(runId: number, { severity, code, app, conf }: DiagnosticFilter): Promise<DiagnosticCount[]> {
    return this.database.rows<DiagnosticCount>(SQL.count, [runId, severity, code, app, conf]);
  }
}
