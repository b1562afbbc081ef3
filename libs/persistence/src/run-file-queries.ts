import type { Executor } from './database.ts';
import type { ManifestLine } from './manifest-line.ts';
import { sqlFile } from './sql-file.ts';

const SQL = { list: sqlFile('list-run-files'), count: sqlFile('count-run-files') };

/** Which lines of a manifest to list; null is no filter. */
export interface RunFileFilter {
  conf: string | null;
  app: string | null;
  scope: string | null;
  layer: string | null;
  kind: ManifestLine['kind'] | null;
  /** Start of the path, letter by letter. */
  pathPrefix: string | null;
}

/** One line of a manifest with what its parsed file says. */
export interface RunFileRow {
  path: string;
  conf: string | null;
  kind: ManifestLine['kind'];
  app: string | null;
  scope: string | null;
  layer: string | null;
  owner: string | null;
  sha256: string | null;
  bytes: number | null;
  reused: boolean;
  ignored_reason: string | null;
  stanza_count: number;
  setting_count: number;
  diagnostics: unknown[];
}

/** Reads the manifests of runs. A run that is not complete has none. */
export class RunFileQueries {
  constructor(private readonly database: Executor) {}

  /** A page of the files that the filter leaves, in byte order of their paths. */
  list(runId: number, filter: RunFileFilter, page: { afterPath: string | null; limit: number }): Promise<RunFileRow[]> {
    const { conf, app, scope, layer, kind, pathPrefix } = filter;
    return this.database.rows<RunFileRow>(SQL.list, [
      runId,
      page.afterPath,
      page.limit,
      conf,
      app,
      scope,
      layer,
      kind,
      pathPrefix,
    ]);
  }

  /** How many files the run has. */
  async count(runId: number): Promise<number> {
    const rows = await this.database.rows<{ total: number }>(SQL.count, [runId]);
    return rows[0]?.total ?? 0;
  }
}
