import { copyJson, copyText, inChunks } from './copy-text.ts';
import type { Database, Transaction } from './database.ts';
import { searchHashesOf } from './search-hashes.ts';
import { preparedSql, sqlForBatch } from './sql-file.ts';
import type { StoredStanza } from './stored-stanza.ts';

const SQL = { known: preparedSql('known-files'), add: preparedSql('add-files'), hold: preparedSql('hold-files') };

/** What a parsed file is known by, within a project and a parser version. */
export interface ContentName {
  /** Lower-case hex of the file's bytes. */
  sha256: string;
  kind: 'conf' | 'meta';
  conf: string;
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

/** A parsed file as it goes into the store: texts take a fraction of the memory of what they were made of. */
export interface EncodedFile extends Omit<ParsedFile, 'diagnostics' | 'stanzas'> {
  diagnostics: string;
  /** The stanzas as COPY takes them, without their file and ordinal. */
  stanzas: readonly string[];
  /** What can be found in it; null: anything. */
  searchHashes: Buffer | null;
}

const NO_BYTES = Buffer.alloc(0);

interface FileRow extends ContentName {
  id: number;
  stanza_count: number;
  setting_count: number;
  error_count: number;
  warning_count: number;
  info_count: number;
}

/** One text for a content name, to look it up in a map. */
export function contentKey({ sha256, kind, conf }: ContentName): string {
  return `${sha256}/${kind}/${conf}`;
}

/** What is stored of a parsed file. Whoever encodes a file at once spares the collector its settings. */
export function encodedFile(file: ParsedFile): EncodedFile {
  const stanzas = file.stanzas.map(
    ({ name, line, headerLines, settings }) =>
      `${copyText(name)}\t${line}\t{${headerLines.join(',')}}\t${copyJson(settings)}\n`,
  );
  const searchHashes = searchHashesOf(file.stanzas);
  return { ...file, diagnostics: JSON.stringify(file.diagnostics), stanzas, searchHashes };
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
   * The files of these names that are stored already, by {@link contentKey}. They are not collected while the attempt that
   * asks is in progress.
   */
  async known(names: readonly ContentName[]): Promise<Map<string, KnownFile>> {
    if (names.length === 0) return new Map();
    const rows = await this.database.rows<FileRow>(sqlForBatch(SQL.known, names.length), this.#parameters(names));
    return new Map(rows.map((row) => [contentKey(row), knownFileOf(row)]));
  }

  /** Stores those of the files that are not there yet, in one transaction; returns all of their ids by {@link contentKey}. */
  add(files: readonly ParsedFile[]): Promise<Map<string, number>> {
    return this.database.transaction((tx) => this.addWithin(tx, files.map(encodedFile)));
  }

  /** The same as part of a transaction, to whose end none of the files is collected. */
  async addWithin(tx: Transaction, files: readonly EncodedFile[]): Promise<Map<string, number>> {
    const distinct = new Map(files.map((file) => [contentKey(file), file]));
    const ids = new Map<string, number>();
    for (;;) {
      const open = [...distinct.values()].filter((file) => !ids.has(contentKey(file)));
      if (open.length === 0) return ids;
      await this.#addNew(tx, open, ids);
      // Somebody else added the others first; having waited for them, a new statement sees their rows. One that is
      // collected before it is held here is added after all.
      const rest = open.filter((file) => !ids.has(contentKey(file)));
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
    const added = await tx.rows<ContentName & { id: number }>(sqlForBatch(SQL.add, list.length), [
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
    ]);
    if (added.length === 0) return;
    const newIds = new Map(added.map((row) => [contentKey(row), row.id]));
    await tx.copy('stanzas (file_id, ordinal, name, line, header_lines, settings)', inChunks(stanzaRows(list, newIds)));
    for (const [key, id] of newIds) ids.set(key, id);
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

function knownFileOf(row: FileRow): KnownFile {
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

/** COPY rows of the stanzas of every file that got an id. */
function* stanzaRows(files: readonly EncodedFile[], ids: ReadonlyMap<string, number>): Generator<string> {
  for (const file of files) {
    const id = ids.get(contentKey(file));
    if (id === undefined) continue;
    for (const [ordinal, stanza] of file.stanzas.entries()) yield `${id}\t${ordinal}\t${stanza}`;
  }
}
