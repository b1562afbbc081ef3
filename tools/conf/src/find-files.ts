import { readFile, stat } from 'node:fs/promises';
import { basename, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { contentKind, FileArchiveSource } from '@confscope/archive';
import { mattersToShape, nameOfFile, type Origin, UploadShape } from '@confscope/conf-parser';
import { archiveTree, type FileTree, folderTree } from './file-tree.ts';
import { type FoundFile, isConfiguration } from './found-file.ts';
import { MemorySource } from './memory-source.ts';
import { Misuse } from './misuse.ts';
import type { Output } from './output.ts';
import { unreadable } from './unreadable.ts';

/** Where standard input comes from, and what it is called. */
export interface StandardInput {
  stream: Readable;
  name: string;
}

/**
 * The conf and meta files among the paths, one at a time, and those of that name that Splunk does not read where they
 * lie. A file that was named itself is read wherever it lies.
 *
 * @param notes hears what archives hold that is left out
 *
 * @throws Misuse for a path that cannot be read, or that holds no configuration
 */
export async function* findFiles(
  paths: readonly string[],
  stdin: StandardInput,
  notes: Output,
): AsyncGenerator<FoundFile> {
  for (const path of paths) {
    const place = await openPath(path, stdin);
    if ('read' in place) yield place;
    else {
      let found = 0;
      for await (const file of filesOf(place, isConfiguration, notes)) {
        if (file.origin.kind !== 'ignored') found++;
        if (file.origin.kind !== 'spec') yield file;
      }
      if (found === 0) throw nothingIn(path);
    }
  }
}

/** The folder or archive of that name. @throws Misuse when it is neither */
export async function openTree(path: string): Promise<FileTree> {
  const status = await stat(path).catch((error: unknown) => unreadable(path, error));
  if (status.isDirectory()) return folderTree(path);
  if (!status.isFile()) throw new Misuse(`"${path}" is neither a file nor a folder.`);
  return archiveTree(path, await FileArchiveSource.at(path));
}

/**
 * All files of a tree that are configuration by their names; whose they are, all of its paths say together.
 *
 * @param reads says which of them are to be read
 * @param notes hears what is left out
 */
export async function* filesOf(
  tree: FileTree,
  reads: (origin: Origin) => boolean,
  notes: Output,
): AsyncGenerator<FoundFile> {
  const paths: string[] = [];
  for await (const { path } of tree.files(() => false)) if (mattersToShape(path)) paths.push(path);
  const leftOut = tree.leftOut();
  if (leftOut !== null) await notes.line(`conf: ${leftOut}`);
  const shape = UploadShape.of(paths, { archiveName: basename(resolve(tree.name)) });
  const originOf = (path: string): Origin | null => (mattersToShape(path) ? shape.originOf(path) : null);
  const isRead = (path: string): boolean => {
    const origin = originOf(path);
    return origin !== null && reads(origin);
  };
  for await (const file of tree.files(isRead)) {
    const origin = originOf(file.path);
    if (origin) yield { path: tree.show(file.path), origin, tree: tree.name, read: () => file.read() };
  }
}

export function nothingIn(path: string): Misuse {
  return new Misuse(
    `There is no configuration in "${path}": no .conf or .meta file in a default, local or metadata folder.`,
  );
}

async function openPath(path: string, stdin: StandardInput): Promise<FoundFile | FileTree> {
  if (path === '-') return openStandardInput(stdin);
  if (!nameOfFile(path)) return openTree(path);
  const status = await stat(path).catch((error: unknown) => unreadable(path, error));
  if (status.isDirectory()) return folderTree(path);
  return {
    path,
    origin: originOfNamed(path),
    tree: null,
    read: () => readFile(path).catch((error: unknown) => unreadable(path, error)),
  };
}

async function openStandardInput({ stream, name }: StandardInput): Promise<FoundFile | FileTree> {
  const content = await buffer(stream);
  if (name === '-' && contentKind(content).kind === 'unknown')
    return { path: name, origin: originOfNamed('-.conf'), tree: null, read: () => Promise.resolve(content) };
  if (nameOfFile(name))
    return { path: name, origin: originOfNamed(name), tree: null, read: () => Promise.resolve(content) };
  return archiveTree(name, new MemorySource(basename(name), content));
}

/** Of a file that was named itself: where it lies says whose it is, if anything does. */
function originOfNamed(path: string): Origin {
  const whole = resolve(path).split(sep).join('/').replace(/^\/+/, '');
  const origin = UploadShape.of([whole]).originOf(whole);
  if (origin?.kind === 'conf' || origin?.kind === 'meta') return origin;
  const name = basename(path).replace(/\.spec$/, '');
  const kind = name.endsWith('.meta') ? 'meta' : 'conf';
  return {
    path,
    kind,
    conf: kind === 'meta' ? name : name.slice(0, -'.conf'.length),
    instance: '',
    target: 'instance',
    app: null,
    scope: 'single',
    layer: null,
    user: null,
    ignoredReason: null,
  };
}
