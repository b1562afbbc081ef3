import { statSync } from 'node:fs';
import path from 'node:path';
import { type Account, fileId } from './account.ts';

/** Whether the account may walk down to this folder: every folder above it (and itself, if it exists) must let it pass. */
export function isReachable(folder: string, account: Account): boolean {
  if (account.uid === undefined || account.gid === undefined) return true;
  const uid = fileId(account.uid);
  const gid = fileId(account.gid);
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const stat = statSync(current, { throwIfNoEntry: false });
    if (stat) {
      const needed = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
      if (!(stat.mode & needed)) return false;
    }
    if (current === path.dirname(current)) return true;
  }
}
