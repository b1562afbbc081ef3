import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Everything that `npm start` keeps, below one git-ignored folder. Deleting the folder starts afresh. */
export interface DataFolder {
  root: string;
  postgres: string;
  redis: string;
  blobs: string;
  logs: string;
  lockFile: string;
  /** Key of the fingerprints of secrets (32 bytes, hexadecimal); made once. */
  fingerprintKey: string;
}

/** Makes the folder where it is missing. */
export function openDataFolder(root: string): DataFolder {
  // When root runs it, PostgreSQL runs as "nobody" and has to pass through; what is private lies deeper, in 0700.
  mkdirSync(root, { recursive: true, mode: 0o711 });
  const inside = (name: string): string => path.join(root, name);
  for (const name of ['blobs', 'logs', 'secrets']) mkdirSync(inside(name), { recursive: true, mode: 0o700 });
  return {
    root,
    postgres: inside('postgres'),
    redis: inside('redis'),
    blobs: inside('blobs'),
    logs: inside('logs'),
    lockFile: inside('npm-start.pid'),
    fingerprintKey: keyIn(inside('secrets/fingerprint-key')),
  };
}

function keyIn(file: string): string {
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
