import type { Database, Transaction } from './database.ts';
import { joined, ByteBlocks, type ByteWriter } from './byte-blocks.ts';
import { searchHashesOf } from './search-hashes.ts';
import { preparedSql, sqlForBatch } from './sql-file.ts';
import { STANZA_COLUMNS, stanzaRows } from './stanza-rows.ts';
import type { StoredStanza } from './stored-stanza.ts';

const SQL = { known: preparedSql('known-files'), add: preparedSql('add-files'), hold: preparedSql('hold-files') };

/** What a parsed file is known by, within a project and a parser version. */
export interface ContentName {
  /** Lower-case hex of the file's bytes. */
  sha256: string;
  kind: 'conf' | 'meta';
  conf: string;
}

/** A name and its {@link contentKey}: to make that anew for every look into a map would cost more than the look. */
export interface KeyedName extends ContentName {
  key: string;
}

/** A parsed file in the store. */
export interface KnownFile {
  id: number;
  stanzaCount: number;
  settingCount: number;
  errorCount: number;
  warningCount: number;
  infoCount: number;
}

/** A parsed, masked file that may be new. */
export interface ParsedFile extends ContentName, Omit<KnownFile, 'id'> {
  bytes: number;
  diagnostics: readonly unknown[];
  stanzas: readonly StoredStanza[];
}

/** A parsed file as it goes into the store: bytes take a fraction of the memory of what they were made of. */
export interface EncodedFile extends Omit<ParsedFile, 'diagnostics' | 'stanzas'> {
  /** The id that was kept free for it; should somebody else add the file first, it has another one. */
  id: number;
  /** See {@link contentKey}. */
  key: string;
  diagnostics: string;
  /** The rows of its stanzas as COPY takes them, as long as their writer keeps them. */
  rows: readonly Buffer[];
  /** What can be found in it; null: anything. */
  searchHashes: Buffer | null;
}

/** What the store says to names of files, by {@link contentKey}. */
export interface FoundFiles {
  known: ReadonlyMap<string, KnownFile>;
  /** Ids that are kept free for the others. */
  freeIds: ReadonlyMap<string, number>;
}

const NO_BYTES = Buffer.alloc(0);

type FileRow =
  | {
      id: number;
      stanza_count: number;
      setting_count: number;
      error_count: number;
      warning_count: number;
      info_count: number;
    }
  | { id: number; stanza_count: null };

/** One text for a content name, to look it up in a map. */
export function contentKey({ sha256, kind, conf }: ContentName): string {
  return `${sha256}/${kind}/${conf}`;
}

/**
 * What is stored of a parsed file. Whoever encodes a file at once spares the collector its settings.
 *
 * @param id the one that is kept free for it
 * @param writer keeps its rows until they are sent
 * @param key its {@link contentKey}, where somebody has it
 */
export function encodedFile(file: ParsedFile, id: number, writer: ByteWriter, key = contentKey(file)): EncodedFile {
  const { sha256, kind, conf, bytes, stanzaCount, settingCount, errorCount, warningCount, infoCount, stanzas } = file;
  const rows = stanzaRows(id, stanzas, writer);
  const diagnostics = JSON.stringify(file.diagnostics);
  const searchHashes = searchHashesOf(stanzas);
  return {
    id,
    key,
    sha256,
    kind,
    conf,
    bytes,
    stanzaCount,
    settingCount,
    errorCount,
    warningCount,
    infoCount,
    diagnostics,
    rows,
    searchHashes,
  };
}

/**
 * The content-addressed store of parsed files. Files are immutable and a name stands for one content, so adding is
 * idempotent: after a crash the files that were added are simply known.
 */
export class ConfFileStore {
  constructor(
    private readonly database: Database,
    private readonly projectId: number,
    private readonly parserVersion: number,
  ) {}

  /**
   * The files of these names that are stored already, and ids for the others. What is stored is not collected while the
   * attempt that asks is in progress.
   *
   * @param names distinct ones
   */
  async find(names: readonly KeyedName[]): Promise<FoundFiles> {
    const known = new Map<string, KnownFile>();
    const freeIds = new Map<string, number>();
    if (names.length > 0) {
      const rows = await this.database.rows<FileRow>(sqlForBatch(SQL.known, names.length), this.#parameters(names));
      for (const [i, row] of rows.entries()) {
        const { key } = names[i] as KeyedName;
        if (row.stanza_count === null) freeIds.set(key, row.id);
        else known.set(key, knownFileOf(row));
      }
    }
    return { known, freeIds };
  }

  /** Stores those of the files that are not known yet, in one transaction; returns all of their ids by {@link contentKey}. */
  async add(files: readonly ParsedFile[]): Promise<Map<string, number>> {
    const distinct = new Map(files.map((file) => [contentKey(file), file]));
    const { known, freeIds } = await this.find([...distinct].map(([key, file]) => ({ ...file, key })));
    const writer = new ByteBlocks().open();
    const encoded = [...freeIds].map(([key, id]) => encodedFile(distinct.get(key) as ParsedFile, id, writer, key));
    const ids = await this.database.transaction((tx) => this.addWithin(tx, encoded));
    for (const [key, { id }] of known) ids.set(key, id);
    return ids;
  }

  /**
   * Stores those of the files that are not there yet as part of a transaction, to whose end none of the files is collected;
   * returns all of their ids by {@link contentKey}.
   *
   * @throws a unique violation when the id that was kept free for a file is taken after all: the next attempt gets another
   */
  async addWithin(tx: Transaction, files: readonly EncodedFile[]): Promise<Map<string, number>> {
    const distinct = new Map(files.map((file) => [file.key, file]));
    const ids = new Map<string, number>();
    for (;;) {
      const open = [...distinct.values()].filter(({ key }) => !ids.has(key));
      if (open.length === 0) return ids;
      await this.#addNew(tx, open, ids);
      // Somebody else added the others first; having waited for them, a new statement sees their rows. One that is
      // collected before it is held here is added after all.
      const rest = open.filter(({ key }) => !ids.has(key));
      if (rest.length === 0) return ids;
      const held = await tx.rows<ContentName & { id: number }>(
        sqlForBatch(SQL.hold, rest.length),
        this.#parameters(rest),
      );
      for (const row of held) ids.set(contentKey(row), row.id);
    }
  }

  async #addNew(tx: Transaction, list: readonly EncodedFile[], ids: Map<string, number>): Promise<void> {
    // The bytes of all files go as one parameter: it is sent as it is, where those of a list would be written out.
    const hashes = list.map((f) => f.searchHashes ?? NO_BYTES);
    const starts = startsOf(hashes);
    const added = await tx.rows<{ id: number }>(sqlForBatch(SQL.add, list.length), [
      this.projectId,
      this.parserVersion,
      list.map((f) => f.sha256),
      list.map((f) => f.kind),
      list.map((f) => f.conf),
      list.map((f) => f.bytes),
      list.map((f) => f.stanzaCount),
      list.map((f) => f.settingCount),
      list.map((f) => f.errorCount),
      list.map((f) => f.warningCount),
      list.map((f) => f.infoCount),
      list.map((f) => f.diagnostics),
      Buffer.concat(hashes),
      list.map((f, i) => f.searchHashes && (starts[i] ?? 0) + 1),
      list.map((f) => f.searchHashes?.length ?? null),
      list.map((f) => f.id),
    ]);
    if (added.length === 0) return;
    const newIds = new Set(added.map(({ id }) => id));
    const isNew = list.filter(({ id }) => newIds.has(id));
    await tx.copy(STANZA_COLUMNS, joined(isNew.flatMap((file) => file.rows)));
    for (const { key, id } of isNew) ids.set(key, id);
  }

  #parameters(names: readonly ContentName[]): unknown[] {
    return [
      this.projectId,
      this.parserVersion,
      names.map(({ sha256 }) => sha256),
      names.map(({ kind }) => kind),
      names.map(({ conf }) => conf),
    ];
  }
}

function knownFileOf(row: Extract<FileRow, { stanza_count: number }>): KnownFile {
  return {
    id: row.id,
    stanzaCount: row.stanza_count,
    settingCount: row.setting_count,
    errorCount: row.error_count,
    warningCount: row.warning_count,
    infoCount: row.info_count,
  };
}

/** Where each of these begins when they stand in a row. */
function startsOf(parts: readonly Buffer[]): number[] {
  let next = 0;
  return parts.map(({ length }) => (next += length) - length);
}
