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
  outlines: sqlFile('stanza-outlines'),
  exports: sqlFile('stanza-exports'),
  settings: sqlFile('settings-of-stanzas'),
  apps: sqlFile('count-run-apps'),
};

/** A parsed file of a run. */
export interface LayerFileRow {
  path: string;
  kind: 'conf' | 'meta';
  conf: string;
  app: string | null;
  scope: string | null;
  layer: 'default' | 'local' | null;
  owner: string | null;
  /** Files of the same content have the same. */
  file_id: number;
}

/** Which stanza, in all that is stored. */
export interface StanzaPlace {
  file_id: number;
  /** Position in the file, from 0. */
  ordinal: number;
}

/** What merging needs to know of a stanza. */
export interface StanzaOutlineRow extends StanzaPlace {
  name: string;
  line: number;
  key_count: number;
  /** The keys of its settings as a list in JSON, in the order of {@link SettingsRow.settings}. */
  keys: string;
}

/** What a stanza sets. */
export interface SettingsRow extends StanzaPlace {
  settings: readonly StoredSetting[];
}

/** A stanza of a file. */
export interface LayerStanzaRow extends SettingsRow {
  name: string;
  line: number;
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

  /** The files of these confs, and the metadata if it is wanted, in no order. */
  files(runId: number, confs: readonly string[], metadata: boolean): Promise<LayerFileRow[]> {
    return this.database.rows<LayerFileRow>(SQL.files, [runId, confs, metadata]);
  }

  /** The stanzas of these files, of these names alone where some are given, in no order. */
  stanzas(fileIds: readonly number[], names: readonly string[] | null): Promise<LayerStanzaRow[]> {
    return this.database.rows<LayerStanzaRow>(SQL.stanzas, [fileIds, names]);
  }

  /** The same without any value: with many files that is half of the work. */
  outlines(fileIds: readonly number[], names: readonly string[] | null): Promise<StanzaOutlineRow[]> {
    return this.database.rows<StanzaOutlineRow>(SQL.outlines, [fileIds, names]);
  }

  /** What metadata files say of `export`, stanza by stanza, in no order. */
  exports(fileIds: readonly number[]): Promise<LayerStanzaRow[]> {
    return this.database.rows<LayerStanzaRow>(SQL.exports, [fileIds]);
  }

  /** What these stanzas set, in no order. */
  settings(places: readonly StanzaPlace[]): Promise<SettingsRow[]> {
    return this.database.rows<SettingsRow>(SQL.settings, [
      places.map(({ file_id }) => file_id),
      places.map(({ ordinal }) => ordinal),
    ]);
  }

  /** What each folder of the apps holds, in no order. */
  appFolders(runId: number): Promise<AppFolderRow[]> {
    return this.database.rows<AppFolderRow>(SQL.apps, [runId]);
  }
}
