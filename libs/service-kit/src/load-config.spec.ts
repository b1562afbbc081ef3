import { loadConfig } from './load-config.ts';
import {
  bytes,
  choice,
  choices,
  optional,
  postgresUrl,
  routes,
  seconds,
  secondsList,
  serverUrl,
  text,
  wholeNumber,
} from './setting.ts';

const settings = {
  DATABASE_URL: serverUrl('Where PostgreSQL is.', ['postgres', 'postgresql']),
  WORKER_CONCURRENCY: wholeNumber('Jobs at once.', { min: 1, max: 64 }, 2),
  LEASE_S: seconds('Silence before a takeover.', 20),
  TASK_RETRY_DELAYS_S: secondsList('Waits before retries.', '60,180,600'),
  ENTRY_MAX_BYTES: bytes('Largest entry.', '64 MiB'),
  STORAGE_BACKEND: choice('Where archives lie.', ['local', 's3'], 'local'),
  WORKER_QUEUES: choices('Queues to serve.', ['high', 'default', 'low'], 'high,default,low'),
  TASK_ROUTES: routes('Queue of each type.', ['single_conf', 'ds_etc'], ['high', 'low'], {
    single_conf: 'high',
    ds_etc: 'low',
  }),
  STORAGE_PATH: text('Folder of the archives.', { fallback: '/data' }),
};
const DATABASE_URL = 'postgres://u:secret@h/d';

const refusal = (env: NodeJS.ProcessEnv): string => {
  try {
    loadConfig(settings, { DATABASE_URL, ...env });
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('the configuration', () => {
  it('has a value for everything that is not set', () => {
    expect(loadConfig(settings, { DATABASE_URL, LEASE_S: '' })).toEqual({
      DATABASE_URL,
      WORKER_CONCURRENCY: 2,
      LEASE_S: 20_000,
      TASK_RETRY_DELAYS_S: [60_000, 180_000, 600_000],
      ENTRY_MAX_BYTES: 64 * 1024 * 1024,
      STORAGE_BACKEND: 'local',
      WORKER_QUEUES: ['high', 'default', 'low'],
      TASK_ROUTES: { single_conf: 'high', ds_etc: 'low' },
      STORAGE_PATH: '/data',
    });
  });

  it('takes what is set, in the units of the names', () => {
    const env = { LEASE_S: '0.5', ENTRY_MAX_BYTES: '2gib', TASK_ROUTES: 'ds_etc=high', WORKER_QUEUES: 'low, high' };
    expect(loadConfig(settings, { DATABASE_URL, ...env })).toMatchObject({
      LEASE_S: 500,
      ENTRY_MAX_BYTES: 2 * 1024 ** 3,
      TASK_ROUTES: { single_conf: 'high', ds_etc: 'high' },
      WORKER_QUEUES: ['low', 'high'],
    });
  });

  it.each([
    ['WORKER_CONCURRENCY', '0', 'a whole number from 1 to 64'],
    ['WORKER_CONCURRENCY', '2.5', 'a whole number from 1 to 64'],
    ['LEASE_S', '-1', 'a number of seconds above 0'],
    ['TASK_RETRY_DELAYS_S', '60,,600', 'a number of seconds above 0'],
    ['ENTRY_MAX_BYTES', '64 MB', 'a number of bytes'],
    ['STORAGE_BACKEND', 'S3', 'one of local, s3'],
    ['WORKER_QUEUES', 'high,high', 'a list that names nothing twice'],
    ['TASK_ROUTES', 'x=high', 'one of single_conf, ds_etc'],
    ['TASK_ROUTES', 'ds_etc=high=low', 'pairs such as key=word'],
  ])('is refused with a sentence: %s=%s', (name, value, expected) => {
    const message = refusal({ [name]: value });
    expect(message).toContain(`${name} is "${value}": it must be ${expected}`);
  });

  it('names every variable that is wrong at once, and what each is for', () => {
    const message = refusal({ WORKER_CONCURRENCY: 'x', LEASE_S: 'y' });
    expect(message.split('\n')).toHaveLength(2);
    expect(message).toContain('Jobs at once.');
  });

  it('asks for what is required', () => {
    expect(refusal({ DATABASE_URL: '' })).toBe('DATABASE_URL is not set. Where PostgreSQL is.');
  });

  it('never shows an address, which may hold a password', () => {
    const message = refusal({ DATABASE_URL: 'mysql://u:secret@h/d' });
    expect(message).toContain('DATABASE_URL is not valid: it must be an address that starts with postgres://');
    expect(message).not.toContain('secret');
  });

  it('leaves out what may be left out', () => {
    const config = loadConfig({ BUCKET: optional(text('A bucket.')) }, {});
    expect(config.BUCKET).toBeUndefined();
    expect(loadConfig({ BUCKET: optional(text('A bucket.')) }, { BUCKET: 'b' }).BUCKET).toBe('b');
  });

  it.each([
    ['', ''],
    ['?sslmode=disable', '?sslmode=disable'],
    ['?sslmode=require', '?sslmode=verify-full'],
    ['?sslmode=verify-ca&sslrootcert=%2Fca.pem', '?sslmode=verify-full&sslrootcert=%2Fca.pem'],
    ['?sslmode=no-verify', '?sslmode=no-verify'],
  ])('never checks a certificate of PostgreSQL less than it was asked to: %j', (given, meant) => {
    const url = 'postgres://u:p@h:5432/d';
    const settings = { DATABASE_URL: postgresUrl('Where PostgreSQL is.') };
    expect(loadConfig(settings, { DATABASE_URL: url + given }).DATABASE_URL).toBe(url + meant);
  });

  it('refuses to fall back to plain text', () => {
    const settings = { DATABASE_URL: postgresUrl('Where PostgreSQL is.') };
    expect(() => loadConfig(settings, { DATABASE_URL: 'postgres://u:secret@h/d?sslmode=prefer' })).toThrow(
      'DATABASE_URL is not valid: it must be an address whose sslmode is disable, no-verify',
    );
  });
});
