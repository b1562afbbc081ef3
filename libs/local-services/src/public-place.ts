import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A folder of ours that every account can reach, one for each `key`. It is made below /var/tmp, which survives a reboot,
 * or else the temporary folder. Everybody may write there, so a folder that somebody else prepared is refused.
 */
export function publicPlace(key: string): string {
  const name = `confscope-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
  const place = path.join(isWritable('/var/tmp') ? '/var/tmp' : tmpdir(), name);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  const stat = lstatSync(place);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new Error(
      `${place} belongs to somebody else. Remove it, or move the checkout to a folder that every user can reach.`,
    );
  }
  chmodSync(place, 0o755);
  return place;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
