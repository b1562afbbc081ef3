import { StartRefused } from './start-refused.ts';

/** What the user can choose for `npm start`, all through the environment. */
export interface RunSettings {
  /** Port of the gateway on this machine. */
  port: number;
  /** The user's own PostgreSQL; without it one is started. */
  databaseUrl: string | undefined;
  /** The user's own Redis; without it one is started. */
  redisUrl: string | undefined;
}

const DEFAULT_PORT = 8000;

/** Reads the settings; refuses a bad one with a sentence that shows no password. */
export function readRunSettings(env: NodeJS.ProcessEnv): RunSettings {
  return {
    port: readPort(env['PORT']),
    databaseUrl: readUrl(env, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: readUrl(env, 'REDIS_URL', ['redis:', 'rediss:']),
  };
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new StartRefused(`PORT is "${text}", but must be a number from 1 to 65535, as in: PORT=8080 npm start`);
}

function readUrl(env: NodeJS.ProcessEnv, name: string, protocols: string[]): string | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
  throw new StartRefused(`${name} must be an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}.`);
}
