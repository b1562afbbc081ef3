import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDataFolder } from './data-folder.ts';
import { takeRunLock } from './run-lock.ts';

describe('the data folder of npm start', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'confscope-data-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('makes the key once and keeps it private', () => {
    const { fingerprintKey } = openDataFolder(root);
    expect(fingerprintKey).toMatch(/^[0-9a-f]{64}$/);
    expect(openDataFolder(root).fingerprintKey).toBe(fingerprintKey);
    expect(statSync(path.join(root, 'secrets/fingerprint-key')).mode & 0o777).toBe(0o600);
  });

  it('takes over the lock of a runner that is dead', async () => {
    const file = openDataFolder(root).lockFile;
    writeFileSync(file, '99999999\n');
    const unlock = await takeRunLock(file);
    unlock();
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('refuses a second runner with the way to stop the first', async () => {
    const file = openDataFolder(root).lockFile;
    const first = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      writeFileSync(file, `${first.pid}\n`);
      await expect(takeRunLock(file)).rejects.toThrow(`already runs from this checkout (process ${first.pid})`);
    } finally {
      first.kill('SIGKILL');
      await once(first, 'exit');
    }
  });
});
