import { type SkipReason } from './archive-entry.ts';
import { type ArchiveLimits } from './archive-limits.ts';

type PathLimits = Pick<ArchiveLimits, 'maxPathBytes' | 'maxDepth'>;

export type EntryPath = { readonly path: string } | { readonly refused: SkipReason | 'junk' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder('windows-1252');

/** What a name may have that is to be normalised or refused. Nearly none has any of it. */
const ODD = /[\\\u0000-\u001f\u007f-\u009f]|^\/|^[A-Za-z]:|\/\/|\/$|(?:^|\/)(?:\.|__MACOSX)|^$/;

/**
 * Normalises the name of an entry: `\` becomes `/`, `.` and empty segments go. A name that would leave the archive, or
 * that no file system or database could keep, is refused with the reason instead of being mended.
 */
export function entryPath(name: string, limits: PathLimits): EntryPath {
  // Many packers begin every name so.
  const bare = name.startsWith('./') ? name.slice(2) : name;
  return ODD.test(bare) ? normalised(name, limits) : withinLimits(bare, limits);
}

function normalised(name: string, limits: PathLimits): EntryPath {
  if (name.includes('\0')) return { refused: 'nul-in-path' };
  // C0, DEL and C1: they cannot be seen in a page or a log, and some terminals obey them.
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return { refused: 'control-in-path' };
  const unified = name.replaceAll('\\', '/');
  if (unified.startsWith('/') || /^[A-Za-z]:/.test(unified)) return { refused: 'absolute-path' };
  const segments = unified.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return { refused: 'parent-path' };
  if (segments.length === 0) return { refused: 'empty-path' };
  // After `./C:/x` has lost its dot, the rest must not have become a drive.
  if (/^[A-Za-z]:/.test(segments[0] ?? '')) return { refused: 'absolute-path' };
  if (isJunk(segments)) return { refused: 'junk' };
  return withinLimits(segments.join('/'), limits);
}

function withinLimits(path: string, limits: PathLimits): EntryPath {
  let depth = 1;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) depth++;
  if (depth > limits.maxDepth) return { refused: 'too-deep' };
  if (3 * path.length > limits.maxPathBytes && Buffer.byteLength(path) > limits.maxPathBytes)
    return { refused: 'path-too-long' };
  return { path };
}

function isJunk(segments: readonly string[]): boolean {
  return segments.includes('__MACOSX') || isJunkName(segments[segments.length - 1] ?? '');
}

/** The name of a file or folder that macOS adds beside those of people: resource forks (`._name`, `__MACOSX`), folder views. */
export function isJunkName(name: string): boolean {
  return name === '__MACOSX' || name.startsWith('._') || name === '.DS_Store';
}

/**
 * Reads the bytes of a name: UTF-8 where they are valid UTF-8 (a zip says so by a flag, but many writers forget it),
 * else windows-1252, in which every byte has a visible character.
 */
export function decodeName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

/** The same for bytes that stand in a text as Latin-1. */
export function decodeRawName(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name : decodeName(Buffer.from(name, 'latin1'));
}

/** A name that may hold anything, made fit for a message: control characters shown as `?`, cut to 256 characters. */
export function printableName(name: string): string {
  const visible = name
    .slice(0, 256)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
    .toWellFormed();
  return name.length > 256 ? `${visible}…` : visible;
}
