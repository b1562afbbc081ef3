import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { type EntryHead, FileArchiveSource, openArchive } from '@confscope/archive';
import type { Database } from '@confscope/persistence';
import { isConfiguration } from '../corpus/made-etc.ts';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** The bench reads its own archives. */
export const NO_LIMITS = {
  maxArchiveBytes: 2 ** 40,
  maxEntries: 1e8,
  maxRatio: 1e6,
  maxEntryBytes: 2 ** 30,
  maxPathBytes: 4096,
  maxDepth: 100,
};
const decoder = new TextDecoder();

/** What the least of work on an archive costs, in milliseconds. */
export interface Baselines {
  gunzip: number;
  /** SHA-256 of the text of all its conf and meta files. */
  sha256: number;
  /** The simplest scan of that text into keys and values. */
  scan: number;
  /** COPY of the stanza rows that its run stored into a table without index. */
  copy: number;
}

/** The texts of the conf and meta files of an archive. */
export async function confFilesOf(archive: string): Promise<Buffer[]> {
  const files: Buffer[] = [];
  const choose = ({ path }: EntryHead) => (isConfiguration(path) ? { reads: true } : null);
  for await (const entries of openArchive(await FileArchiveSource.at(archive), NO_LIMITS, choose))
    for (const { content } of entries) if (content) files.push(Buffer.from(content));
  return files;
}

/** The rows of all stanzas in the database, as COPY wants them. */
export async function stanzaRowsOf(database: Database): Promise<Buffer[]> {
  const rows: Buffer[] = [];
  await database.onConnection((client) =>
    pipeline(client.query(copyTo('copy stanzas to stdout')), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) rows.push(chunk);
    }),
  );
  return rows.length === 0 ? rows : piecesOf(Buffer.concat(rows));
}

/** Times each baseline once. */
export async function measureBaselines(
  database: Database,
  archive: string,
  files: readonly Buffer[],
  rows: readonly Buffer[],
): Promise<Baselines> {
  const packed = readFileSync(archive);
  return {
    gunzip: await timed(() => gunzipSync(packed)),
    sha256: await timed(() => {
      const hash = createHash('sha256');
      for (const file of files) hash.update(file);
      return hash.digest();
    }),
    scan: await timed(() => files.reduce((settings, file) => settings + scan(file), 0)),
    copy: await copyMs(database, rows),
  };
}

export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function copyMs(database: Database, rows: readonly Buffer[]): Promise<number> {
  await database.rows('drop table if exists bench_rows');
  await database.rows('create table bench_rows as table stanzas with no data');
  const ms = await database.onConnection((client) =>
    timed(() =>
      pipeline(Readable.from(rows, { objectMode: false }), client.query(copyFrom('copy bench_rows from stdin'))),
    ),
  );
  await database.rows('drop table bench_rows');
  return ms;
}

/** Lines, their first "=", key and value, kept: what a reader does that knows nothing of the format. */
function scan(file: Buffer): number {
  const text = decoder.decode(file);
  const found: [key: string, value: string][] = [];
  for (let start = 0; start < text.length;) {
    const lf = text.indexOf('\n', start);
    const end = lf === -1 ? text.length : lf;
    const equals = text.indexOf('=', start);
    if (equals !== -1 && equals < end) found.push([text.slice(start, equals), text.slice(equals + 1, end)]);
    start = end + 1;
  }
  return found.length;
}

function piecesOf(whole: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 64 * 1024) pieces.push(whole.subarray(at, at + 64 * 1024));
  return pieces;
}
