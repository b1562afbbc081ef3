import type { FileKind } from './origin.ts';

/** What the name of a file alone says. */
export interface NamedFile {
  kind: Exclude<FileKind, 'ignored'>;
  /** `props` for `props.conf` and `props.conf.spec`; the whole name of a `.meta`. */
  conf: string;
}

/** Reads the name of a file; null when it is no configuration by its name. */
export function nameOfFile(file: string): NamedFile | null {
  if (file.endsWith('.conf')) return { kind: 'conf', conf: file.slice(0, -'.conf'.length) };
  if (file.endsWith('.meta')) return { kind: 'meta', conf: file };
  if (file.endsWith('.conf.spec')) return { kind: 'spec', conf: file.slice(0, -'.conf.spec'.length) };
  return null;
}

const BACKUP = /^(?:(?:default|local)\.(?:old|bak)|local_bkp)/;

/** A folder that holds an old copy of `default` or `local`. */
export const isBackupFolder = (folder: string): boolean => BACKUP.test(folder);

/**
 * Whether a file can turn out to be configuration, metadata or the spec of inputs once the whole upload is known. From
 * the path alone, so that a reader of a stream knows at once what to read; {@link UploadShape} has the last word.
 */
export function mayCount(path: string): boolean {
  const folders = path.split('/');
  const name = nameOfFile(folders.pop() ?? '');
  const above = folders.at(-1);
  if (!name || (above !== undefined && isBackupFolder(above))) return false;
  if (name.kind === 'spec') return above === 'README' && name.conf === 'inputs';
  // It lies in an `etc`, which may be called anything.
  if (name.conf === 'splunk-launch' && name.kind === 'conf') return true;
  // Files that came without their folders lie at the top, or in one folder of any name.
  if (folders.length < 2 && above !== 'README') return true;
  return name.kind === 'meta' ? above === 'metadata' : above === 'default' || above === 'local';
}
