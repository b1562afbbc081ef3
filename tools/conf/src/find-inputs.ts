import { opendir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ArchiveFault, type ArchiveLimits, type ArchiveSource, FileArchiveSource, openArchive } from '@confscope/archive';
import { classifyPath, type Origin } from '@confscope/conf-parser';
import type { InputFile } from './input-file.ts';
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
const CONF_NAME = /\.(?:conf|meta)$/;

export interface FindOptions {
  stdin: Readable;
  /** What standard input is called. */
  stdinName: string;
}

/**
 * The conf and meta files among the paths, one at a time; folders in the order of their names.
 *
 * @throws Misuse for a path that cannot be read, or that holds nothing to read
 */
export async function* findInputs(paths: readonly string[], options: FindOptions): AsyncGenerator<InputFile> {
  for (const path of paths) {
    let found = 0;
    for await (const file of inputsOf(path, options)) {
      found++;
      yield file;
    }
    if (found === 0)
      throw new Misuse(`There is no configuration in "${path}": no .conf or .meta file in a default, local or metadata folder.`);
  }
}

async function* inputsOf(path: string, options: FindOptions): AsyncGenerator<InputFile> {
  if (path === '-') return yield* standardInput(options);
  const status = await stat(path).catch((error: unknown) => unreadable(path, error));
  if (status.isDirectory()) return yield* folder(path, new Set());
  if (!status.isFile()) throw new Misuse(`"${path}" is neither a file nor a folder.`);
  if (CONF_NAME.test(path)) return yield await confFile(path);
  yield* archive(path, await FileArchiveSource.at(path));
}

async function* standardInput({ stdin, stdinName }: FindOptions): AsyncGenerator<InputFile> {
  const bytes = await buffer(stdin);
  if (stdinName === '-' || CONF_NAME.test(stdinName)) yield { path: stdinName, origin: namedOrigin(stdinName), bytes };
  else yield* archive(stdinName, new MemorySource(basename(stdinName), bytes));
}

/** A file that the user named is read wherever it lies. */
async function confFile(path: string): Promise<InputFile> {
  const bytes = await readFile(path).catch((error: unknown) => unreadable(path, error));
  return { path, origin: namedOrigin(path), bytes };
}

async function* folder(path: string, above: ReadonlySet<string>): AsyncGenerator<InputFile> {
  const real = await realpath(path);
  // A link to a folder above would go round for ever.
  if (above.has(real)) return;
  const inside = new Set(above).add(real);
  const names: string[] = [];
  for await (const entry of await opendir(path).catch((error: unknown) => unreadable(path, error))) names.push(entry.name);
  for (const name of names.sort()) {
    const child = join(path, name);
    // A link that leads nowhere is nobody's configuration.
    const status = await stat(child).catch(() => null);
    if (status?.isDirectory()) yield* folder(child, inside);
    else if (status?.isFile() && CONF_NAME.test(name)) {
      const origin = classifyPath(slashed(resolve(child)));
      if (origin && origin.kind !== 'ignored') yield { ...(await confFile(child)), origin };
    }
  }
}

async function* archive(path: string, source: ArchiveSource): AsyncGenerator<InputFile> {
  try {
    for await (const entry of openArchive(source, LIMITS)) {
      const origin = classifyPath(entry.path, source.name);
      if (origin && origin.kind !== 'ignored')
        yield { path: `${path}:${entry.path}`, origin, bytes: new Uint8Array(await entry.read()) };
    }
  } catch (error) {
    if (error instanceof ArchiveFault) throw new Misuse(`"${path}" cannot be read: ${error.message}`);
    throw error;
  }
}

/** Of a file that was named by itself: where it lies says whose it is, if anything does. */
function namedOrigin(path: string): Origin {
  const origin = path === '-' ? null : classifyPath(slashed(resolve(path)));
  if (origin && origin.kind !== 'ignored') return origin;
  const name = basename(path);
  const kind = name.endsWith('.meta') ? 'meta' : 'conf';
  return {
    path,
    kind,
    conf: path === '-' ? '' : kind === 'meta' ? name : name.replace(/\.conf$/, ''),
    app: null,
    scope: 'single',
    layer: null,
    user: null,
    ignoredReason: null,
  };
}

function slashed(path: string): string {
  return path.split(sep).join('/').replace(/^\/+/, '');
}

function unreadable(path: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') throw new Misuse(`There is no file or folder "${path}". Check the name.`);
  if (code === 'EACCES' || code === 'EPERM')
    throw new Misuse(`"${path}" may not be read by you. Change its permissions, or run this as somebody who may.`);
  throw error;
}

/** An archive that came through standard input. */
class MemorySource implements ArchiveSource {
  readonly bytes: number;

  constructor(
    readonly name: string,
    private readonly content: Buffer,
  ) {
    this.bytes = content.length;
  }

  open(range?: { start: number; end: number }): Readable {
    const { start, end } = range ?? { start: 0, end: this.bytes - 1 };
    return Readable.from([this.content.subarray(start, end + 1)], { objectMode: false });
  }
}
