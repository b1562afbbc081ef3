import { getSystemErrorMessage } from 'node:util';
import { Misuse } from './misuse.ts';

/** Says in a sentence why a path cannot be read; errors that are nobody's mistake pass through. */
export function unreadable(path: string, error: unknown): never {
  const { code, errno } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    throw new Misuse(`There is no file or folder "${path}". Check the name.`);
  if (code === 'EACCES' || code === 'EPERM')
    throw new Misuse(`You may not read "${path}". Change its permissions, or run this as somebody who may.`);
  if (errno !== undefined) throw new Misuse(`"${path}" cannot be read: ${getSystemErrorMessage(errno)}.`);
  throw error;
}
