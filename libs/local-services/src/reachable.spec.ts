import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isReachable } from './reachable.ts';

describe('whether another account can reach a folder', () => {
  const stranger = { uid: 65_534, gid: 65_534 };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'confscope-reach-'));
    mkdirSync(path.join(folder, 'inner'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is no when one folder above is private', () => {
    chmodSync(folder, 0o700);
    expect(isReachable(path.join(folder, 'inner'), stranger)).toBe(false);
  });

  it('is yes when every folder above lets others pass', () => {
    chmodSync(folder, 0o711);
    expect(isReachable(path.join(folder, 'inner'), stranger)).toBe(true);
    expect(isReachable(path.join(folder, 'not-there-yet/deep'), stranger)).toBe(true);
  });

  it('is yes for ourselves, whatever the modes say', () => {
    expect(isReachable('/root/private', {})).toBe(true);
  });
});
