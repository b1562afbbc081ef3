import { ArchiveFault } from './archive-fault.ts';
import { type EntryHead, type Repeats } from './archive-entry.ts';
import { type ArchiveLimits } from './archive-limits.ts';
import { type ArchiveSource } from './archive-source.ts';
import { openArchive } from './open-archive.ts';

/** Limits that ordinary archives never meet. */
export const wideLimits: ArchiveLimits = {
  maxArchiveBytes: 1024 * 1024 * 1024,
  maxEntries: 1000,
  maxRatio: 400,
  maxEntryBytes: 64 * 1024 * 1024,
  maxPathBytes: 1024,
  maxDepth: 32,
};

/** Chooses every file, to be read. */
export const readEach = (head: EntryHead) => ({ ...head, reads: true });

/** Chooses every file, and none to be read. */
export const listEach = (head: EntryHead) => ({ ...head, reads: false });

/** Reads every entry of an archive, as text by path, and gives the report; with the repeats of an earlier reading. */
export async function readAll(
  source: ArchiveSource,
  limits: Partial<ArchiveLimits> = {},
  repeats: Repeats | null = null,
) {
  const archive = openArchive(source, { ...wideLimits, ...limits }, readEach, { repeats });
  const files: Record<string, string> = {};
  for await (const entries of archive) for (const { choice, content } of entries) files[choice.path] = String(content);
  return { files, report: archive.report() };
}

/** The fault that reading everything ends in; any other outcome fails. */
export async function faultOf(source: ArchiveSource, limits: Partial<ArchiveLimits> = {}): Promise<ArchiveFault> {
  try {
    await readAll(source, limits);
  } catch (error) {
    if (error instanceof ArchiveFault) return error;
    throw error;
  }
  throw new Error(`The archive ${source.name} was read without a fault.`);
}
