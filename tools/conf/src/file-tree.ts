import { opendir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ArchiveFault,
  type ArchiveLimits,
  type ArchiveSource,
  type EntryHead,
  isJunkName,
  openArchive,
} from '@confscope/archive';
import { unreadable } from './unreadable.ts';
import { Misuse } from './misuse.ts';

/** The same limits as those of an upload. */
const LIMITS: ArchiveLimits = {
  maxArchiveBytes: 16 * 1024 ** 3,
  maxEntries: 1_000_000,
  maxRatio: 400,
  maxEntryBytes: 64 * 1024 ** 2,
  maxPathBytes: 4096,
  maxDepth: 64,
};

/** One file of a tree. */
export interface TreeFile {
  /** Relative to the tree, with "/" between segments. */
  path: string;
  /** The content of a file that was said to be read. */
  read(): Promise<Uint8Array>;
}

/** A folder or an archive: files below one name, which can be gone through again and again. */
export interface FileTree {
  /** As the user named it. */
  name: string;
  /** How a file of it is shown. */
  show(path: string): string;
  /** @param reads says which of them are to be read: of an archive the others cannot be */
  files(reads: (path: string) => boolean): AsyncIterable<TreeFile>;
}

/** A folder, in the order of the names in it. Links are followed, but not round and round; what macOS left is no file of it. */
export function folderTree(root: string): FileTree {
  const show = (path: string) => join(root, path);
  return { name: root, show, files: () => walk(root, '', new Set()) };
}

/** An archive, which is read as it lies there. */
export function archiveTree(name: string, source: ArchiveSource): FileTree {
  return { name, show: (path) => `${name}:${path}`, files: (reads) => entries(name, source, reads) };
}

async function* walk(folder: string, prefix: string, above: ReadonlySet<string>): AsyncGenerator<TreeFile> {
  const real = await realpath(folder);
  if (above.has(real)) return;
  const inside = new Set(above).add(real);
  const names: string[] = [];
  for await (const entry of await opendir(folder).catch((error: unknown) => unreadable(folder, error)))
    if (!isJunkName(entry.name)) names.push(entry.name);
  for (const name of names.sort()) {
    const path = join(folder, name);
    // A link that leads nowhere is nobody's configuration.
    const status = await stat(path).catch(() => null);
    if (status?.isDirectory()) yield* walk(path, `${prefix}${name}/`, inside);
    else if (status?.isFile())
      yield { path: prefix + name, read: () => readFile(path).catch((error: unknown) => unreadable(path, error)) };
  }
}

async function* entries(
  name: string,
  source: ArchiveSource,
  reads: (path: string) => boolean,
): AsyncGenerator<TreeFile> {
  const choose = ({ path }: EntryHead) => ({ path, reads: reads(path) });
  try {
    for await (const some of openArchive(source, LIMITS, choose))
      for (const { choice, content } of some) {
        const { path } = choice;
        const read = (): Promise<Uint8Array> =>
          content ? Promise.resolve(new Uint8Array(content)) : Promise.reject(new Error(`${path} was not to be read.`));
        yield { path, read };
      }
  } catch (error) {
    if (error instanceof ArchiveFault) throw new Misuse(`"${name}" cannot be read. ${error.message}`);
    throw error;
  }
}
