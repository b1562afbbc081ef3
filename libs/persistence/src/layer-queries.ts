import type { Executor } from './database.ts';
import { sqlFile } from './sql-file.ts';
import type { StoredLayout } from './stored-layout.ts';
import type { StoredSetting } from './stored-stanza.ts';

const SQL = {
  layout: sqlFile('find-layout'),
  paths: sqlFile('run-paths'),
  names: sqlFile('run-names'),
  files: sqlFile('files-of-confs'),
  stanzas: sqlFile('stanzas-of-files'),
  apps: sqlFile('count-run-apps'),
};

/** A parsed file of a run with all that stands in it. */
export interface LayerFileRow {
  path: string;
  kind: 'conf' | 'meta';
  conf: string;
  app: string | null;
  scope: string | null;
  layer: 'default' | 'local' | null;
  owner: string | null;
  stanzas: readonly { name: string; line: number; settings: readonly StoredSetting[] }[];
}

/** What lies in one folder of an app. */
export interface AppFolderRow {
  /** One of its files. */
  path: string;
  app: string;
  scope: string | null;
  owner: string | null;
  files: number;
  stanzas: number;
  settings: number;
  ignored: number;
}

/** Reads what it takes to merge the configuration of a run. A run that is not complete has nothing. */
export class LayerQueries {
  constructor(private readonly database: Executor) {}

  /** The shape of the upload; null for runs that were parsed before shapes were kept. */
  async layout(runId: number): Promise<StoredLayout | null> {
    const rows = await this.database.rows<{ document: StoredLayout }>(SQL.layout, [runId]);
    return rows[0]?.document ?? null;
  }

  async paths(runId: number): Promise<string[]> {
    const rows = await this.database.rows<{ path: string }>(SQL.paths, [runId]);
    return rows.map(({ path }) => path);
  }

  /** The confs and apps that the run has any file of. */
  async names(runId: number): Promise<{ confs: string[]; apps: string[] }> {
    const rows = await this.database.rows<{ confs: string[]; apps: string[] }>(SQL.names, [runId]);
    return rows[0] ?? { confs: [], apps: [] };
  }

  /** The files of these confs, and the metadata if it is wanted, with their stanzas. */
  async files(runId: number, confs: readonly string[], metadata: boolean): Promise<LayerFileRow[]> {
    const files = await this.database.rows<Omit<LayerFileRow, 'stanzas'> & { file_id: number }>(SQL.files, [
      runId,
      confs,
      metadata,
    ]);
    const ids = [...new Set(files.map((file) => file.file_id))];
    const rows = await this.database.rows<LayerFileRow['stanzas'][number] & { file_id: number }>(SQL.stanzas, [ids]);
    const stanzas = Map.groupBy(rows, (row) => row.file_id);
    return files.map(({ file_id: id, ...file }) => ({ ...file, stanzas: stanzas.get(id) ?? [] }));
  }

  /** What each folder of the apps holds, in no order. */
  appFolders(runId: number): Promise<AppFolderRow[]> {
    return this.database.rows<AppFolderRow>(SQL.apps, [runId]);
  }
}
