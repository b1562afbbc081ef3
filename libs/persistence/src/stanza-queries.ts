import type { Executor } from './database.ts';
import { nameSequence, settingSequence } from './search-hashes.ts';
import { sqlFile } from './sql-file.ts';
import type { StoredSetting } from './stored-stanza.ts';

const SQL = { list: sqlFile('list-stanzas'), find: sqlFile('find-stanza'), count: sqlFile('count-stanzas') };

/**
 * Settings that take more bytes than this as they are stored are not read with their page: each may be as long as a file. What
 * takes less, and it is nearly everything, was a hundred times as long at most before PostgreSQL compressed it.
 */
const STORED_BYTES = 4096;

/** Which stanzas to list; null is no filter. All texts are exact but `text`. */
export interface StanzaFilter {
  conf: string | null;
  app: string | null;
  scope: string | null;
  layer: string | null;
  name: string | null;
  /** The stanza has a setting of this key. */
  key: string | null;
  /** The stanza has a setting of this value; together with `key`, the same setting has both. */
  value: string | null;
  /** The name, or the key or value of a setting, contains this text in any case. */
  text: string | null;
  /**
   * Whether stanzas that Splunk writes by itself are listed: those of `sourcetypes.conf` and of the app `learned`. There are
   * more of them than of all that people write.
   */
  machineWritten: boolean;
}

/** Where a page begins: behind this stanza. */
export interface StanzaPosition {
  path: string;
  n: number;
}

/** A stanza of a run, with its number and its file. A secret's value is a mask, here and to every filter. */
export interface StanzaRow {
  /** Number of the stanza in its run, from 0, in the order of the list. */
  n: number;
  name: string;
  line: number;
  header_lines: number[];
  settings: StoredSetting[];
  path: string;
  kind: 'conf' | 'meta';
  conf: string | null;
  app: string | null;
  scope: string | null;
  layer: string | null;
  owner: string | null;
}

/** A stanza as a page has it: without its settings where they are long. */
type ListedStanza = StanzaRow | (Omit<StanzaRow, 'settings'> & { settings: null });

/** Reads the stanzas of runs. A run that is not complete has none. */
export class StanzaQueries {
  constructor(private readonly database: Executor) {}

  /**
   * A page of the stanzas that the filter leaves, in the order of their numbers. Long ones are read when they are pulled:
   * whoever stops early has not had them all in memory.
   */
  async *list(
    runId: number,
    filter: StanzaFilter,
    page: { after: StanzaPosition | null; limit: number },
  ): AsyncGenerator<StanzaRow> {
    const { conf, app, scope, layer, name, key, value, text, machineWritten } = filter;
    const listed = await this.database.rows<ListedStanza>(SQL.list, [
      runId,
      page.after?.path ?? null,
      page.after?.n ?? -1,
      page.limit,
      conf,
      app,
      scope,
      layer,
      name,
      key,
      value,
      text,
      nameSequence(name),
      settingSequence(key, value),
      machineWritten,
      STORED_BYTES,
    ]);
    for (const row of listed) {
      const stanza = row.settings === null ? await this.find(runId, row.n) : row;
      // The run was deleted meanwhile.
      if (!stanza) return;
      yield stanza;
    }
  }

  /** The stanza of this number, or null when the run has none. */
  async find(runId: number, n: number): Promise<StanzaRow | null> {
    const rows = await this.database.rows<StanzaRow>(SQL.find, [runId, n]);
    return rows[0] ?? null;
  }

  /** How many stanzas the run has, with or without those that Splunk writes by itself. */
  async count(runId: number, { machineWritten }: Pick<StanzaFilter, 'machineWritten'>): Promise<number> {
    const rows = await this.database.rows<{ total: number }>(SQL.count, [runId, machineWritten]);
    return rows[0]?.total ?? 0;
  }
}
