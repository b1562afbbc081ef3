import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** An answer of the service, its body read: a text as it is, everything else as JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Read when it is JSON, a text otherwise; null when there is none. */
  body: unknown;
}

/** The built service in a process of its own, for specs that speak HTTP with it. */
export interface RunningService {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Asks it to end and returns its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the service on a free port; resolves when it says where it listens. */
export async function startBuiltService(env: { DATABASE_URL: string; REDIS_URL: string }): Promise<RunningService> {
  const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const url = await addressOf(createInterface({ input: child.stdout }));
  child.stdout.resume();
  return {
    get: async (path, headers = {}) => {
      const response = await fetch(url + path, { headers });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      const body: unknown = isJson ? JSON.parse(text) : text === '' ? null : text;
      return { status: response.status, headers: response.headers, body };
    },
    stop: async () => {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

/** The address in the line that says that the service is ready. */
async function addressOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url !== undefined) return url;
  }
  throw new Error('The service ended before it was ready.');
}
