import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

const bin = join(import.meta.dirname, '..', 'bin', 'conf.mjs');

/** Runs the command as a user does, with this on its standard input. */
export async function runConf(args: readonly string[], stdin: string | Uint8Array = '', env = {}): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH: process.env['PATH'], ...env } });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

/** Runs it with a reader that goes away after the first bytes; the exit code, and what it complained about. */
export async function runConfInto(args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.once('data', () => child.stdout.destroy());
  const [err] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out: '', err };
}

/** Runs it with standard output in a file that it may not write to. */
export async function runConfUnwritten(args: readonly string[], file: string): Promise<Ran> {
  const readOnly = openSync(file, 'r');
  try {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', readOnly, 'pipe'] });
    const stderr = child.stdio[2] as Readable;
    const [err] = await Promise.all([text(stderr), once(child, 'exit')]);
    return { code: child.exitCode, out: '', err };
  } finally {
    closeSync(readOnly);
  }
}
