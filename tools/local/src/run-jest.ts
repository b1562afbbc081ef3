import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a run of Jest ended: by itself, well or not, or by force after its results were written. */
export type JestEnd = 'succeeded' | 'failed' | 'ended by force';

export interface JestRun {
  /** The program and its arguments, which make it write its results to a file at its very end. */
  command: string[];
  /** That file; an older one is removed first. */
  results: string;
  /** How long it may take to end once its results are written, in milliseconds. */
  graceMs: number;
  options?: SpawnOptions;
}

const LOOK_EVERY_MS = 250;

/**
 * Runs Jest in the open. On rare occasions Node blocks for good while it ends (nodejs/node issue 54918), and everything
 * would wait for a process that has done all it had to do: once the results are written, it is ended when the time of
 * grace is over.
 */
export async function runJest({ command, results, graceMs, options = {} }: JestRun): Promise<JestEnd> {
  rmSync(results, { force: true });
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, { stdio: 'inherit', ...options });
  const over = new AbortController();
  const end = new Promise<JestEnd>((resolve) => {
    child.once('error', () => resolve('failed'));
    child.once('exit', (code) => resolve(code === 0 ? 'succeeded' : 'failed'));
  });
  const overdue = waitForFile(results, over.signal).then(() => sleep(graceMs, undefined, { signal: over.signal }));
  try {
    return await Promise.race([end, overdue.then((): JestEnd => 'ended by force')]);
  } finally {
    over.abort();
    await overdue.catch(() => undefined);
    child.kill('SIGKILL');
    child.unref();
  }
}

async function waitForFile(file: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(file)) await sleep(LOOK_EVERY_MS, undefined, { signal });
}
