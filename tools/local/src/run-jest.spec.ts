import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runJest } from './run-jest.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'confscope-run-jest-'));
const results = path.join(folder, 'results.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program in the place of Jest. */
const run = (program: string, graceMs: number) =>
  runJest({ command: [process.execPath, '-e', program], results, graceMs });
const WRITE = `require('fs').writeFileSync(${JSON.stringify(results)}, '{}');`;
const BLOCK = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';

describe('a run of Jest', () => {
  it('succeeds or fails as its exit code says', async () => {
    await expect(run(WRITE, 60_000)).resolves.toBe('succeeded');
    await expect(run(`${WRITE} process.exitCode = 1;`, 60_000)).resolves.toBe('failed');
  });

  it('fails when it cannot be started', async () => {
    await expect(runJest({ command: [path.join(folder, 'none')], results, graceMs: 60_000 })).resolves.toBe('failed');
  });

  it('is ended when it blocks behind its results', async () => {
    await expect(run(`${WRITE} ${BLOCK}`, 100)).resolves.toBe('ended by force');
  });

  it('is waited for as long as there are no results, those of an earlier run left aside', async () => {
    writeFileSync(results, '{}');
    await expect(run(`setTimeout(() => { process.exitCode = 1; }, 1500)`, 0)).resolves.toBe('failed');
  });
});
