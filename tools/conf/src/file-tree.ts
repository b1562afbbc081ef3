import { opendir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ArchiveFault,
  type ArchiveLimits,
  type ArchiveReport,
  type ArchiveSource,
  type EntryHead,
  isJunkName,
  openArchive,
  SKIP_REASONS,
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
  /** What there is besides, once all files were gone through: a sentence, or null. */
  leftOut(): string | null;
}

/** A folder, in the order of the names in it. Links are followed, but not round and round; what macOS left is no file of it. */
export function folderTree(root: string): FileTree {
  const show = (path: string) => join(root, path);
  return { name: root, show, files: () => walk(root, '', new Set()), leftOut: () => null };
}

/** An archive, which is read as it lies there. */
export function archiveTree(name: string, source: ArchiveSource): FileTree {
  return new ArchiveTree(name, source);
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

class ArchiveTree implements FileTree {
  /** What the first time through has told; all others begin with it. */
  #report: ArchiveReport | null = null;

  constructor(
    readonly name: string,
    private readonly source: ArchiveSource,
  ) {}

  show(path: string): string {
    return `${this.name}:${path}`;
  }

  async *files(reads: (path: string) => boolean): AsyncGenerator<TreeFile> {
    const choose = ({ path }: EntryHead) => ({ path, reads: reads(path) });
    const archive = openArchive(this.source, LIMITS, choose, { repeats: this.#report?.repeats ?? null });
    try {
      for await (const some of archive) for (const { choice, content } of some) yield treeFile(choice.path, content);
    } catch (error) {
      if (error instanceof ArchiveFault) throw new Misuse(`"${this.name}" cannot be read. ${error.message}`);
      throw error;
    }
    if (this.#report) return;
    this.#report = archive.report();
    // What is a second name of an entry is given from the next time on.
    for (const [path, source] of this.#report.repeats ?? []) if (source.path !== path) yield treeFile(path, null);
  }

  leftOut(): string | null {
    const { skipped: [first] = [], skippedCount = 0 } = this.#report ?? {};
    if (!first) return null;
    const what = `'${first.path}' ${SKIP_REASONS[first.reason]}`;
    return skippedCount === 1
      ? `an entry of "${this.name}" is left out: ${what}.`
      : `${skippedCount} entries of "${this.name}" are left out, such as this: ${what}.`;
  }
}

function treeFile(path: string, content: Buffer | null): TreeFile {
  const read = (): Promise<Uint8Array> =>
    content ? Promise.resolve(new Uint8Array(content)) : Promise.reject(new Error(`${path} was not to be read.`));
  return { path, read };
}
