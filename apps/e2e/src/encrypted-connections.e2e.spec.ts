import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@confscope/local-services';
import { type Certificates, makeCertificates, ownPostgres, ownRedis, tarGzOf } from '@confscope/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { migrate, ServiceProcess } from './support/service-process.ts';
import { formOf } from './support/stack.ts';

describe('connections to servers of a private authority', () => {
  let postgres: Awaited<ReturnType<typeof ownPostgres>>;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let certificates: Certificates;
  let storage: string;
  let databaseUrl: string;
  let redisUrl: string;
  let services: ServiceProcess[] = [];

  beforeAll(async () => {
    [postgres, redis, storage] = await Promise.all([
      ownPostgres(),
      ownRedis(),
      mkdtemp(join(tmpdir(), 'confscope-tls-e2e-')),
    ]);
    certificates = await makeCertificates((await stat(join(postgres.server.home, 'data'))).uid);
    databaseUrl = await encryptPostgres();
    redisUrl = await encryptRedis();
  });
  afterEach(async () => {
    await Promise.all(services.map((service) => service.stop()));
    services = [];
  });
  afterAll(async () => {
    await Promise.all([postgres.remove(), redis.remove(), rm(storage, { recursive: true, force: true })]);
    certificates.remove();
  });

  /** Plain connections are refused from now on. */
  async function encryptPostgres(): Promise<string> {
    const client = new Client({ connectionString: postgres.server.url });
    await client.connect();
    await client.query(`alter system set ssl_cert_file = '${certificates.certFile}'`);
    await client.query(`alter system set ssl_key_file = '${certificates.keyFile}'`);
    await client.query('alter system set ssl = on');
    await client.query('select pg_reload_conf()');
    await client.end();
    return `${postgres.server.url}?sslmode=verify-full`;
  }

  async function encryptRedis(): Promise<string> {
    const plain = new Redis(redis.server.url);
    const port = await freePort();
    await plain.config('SET', 'tls-cert-file', certificates.certFile, 'tls-key-file', certificates.keyFile);
    await plain.config('SET', 'tls-ca-cert-file', certificates.caFile, 'tls-auth-clients', 'no');
    await plain.config('SET', 'tls-port', String(port));
    await plain.acl('SETUSER', 'confscope', 'on', '>tls-canary', '~{confscope}:*', '&*', '+@all');
    plain.disconnect();
    return `rediss://confscope:tls-canary@127.0.0.1:${port}`;
  }

  const environment = () => ({
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    STORAGE_PATH: storage,
    SECRETS_FINGERPRINT_KEY: 'ab'.repeat(32),
    TLS_CA_FILE: certificates.caFile,
  });

  it('are made by every process, children too, with a user of Redis that may touch its own keys alone', async () => {
    await migrate(databaseUrl, { TLS_CA_FILE: certificates.caFile });
    services = await Promise.all(
      ['upload-api', 'status-api', 'parse-worker'].map((app) => ServiceProcess.start(app, environment())),
    );
    const [uploadApi, statusApi] = services;
    const archive = await tarGzOf([{ path: 'etc/apps/a/local/server.conf', content: '[general]\na = 1\n' }]);
    const body = formOf(archive, 'x.tgz', { type: 'ds_etc' });
    const upload = await fetch(`${uploadApi?.url}/v1/uploads`, { method: 'POST', body });
    const { id } = (await upload.json()) as { id: number };
    let status = '';
    while (status !== 'complete') {
      const answer = (await (await fetch(`${statusApi?.url}/v1/runs/${id}`)).json()) as { status: string };
      ({ status } = answer);
      expect(['stored', 'parsing', 'complete']).toContain(status);
    }
    expect(await encrypted()).toBe(true);
    expect(services.map((service) => service.output).join('')).not.toContain('tls-canary');
  });

  it('are refused when nobody vouches for the server', async () => {
    await expect(migrate(databaseUrl)).rejects.toThrow(/certificate/i);
  });

  it('stop the start when the file of the authority is not there', async () => {
    const file = '/nowhere/ca.pem';
    await expect(migrate(databaseUrl, { TLS_CA_FILE: file })).rejects.toThrow(
      `TLS_CA_FILE is "${file}", which cannot be read (ENOENT).`,
    );
    await expect(ServiceProcess.start('status-api', { ...environment(), TLS_CA_FILE: file })).rejects.toThrow(
      'TLS_CA_FILE is',
    );
  });

  /** Whether every connection of the services to PostgreSQL is encrypted. */
  async function encrypted(): Promise<boolean> {
    const client = new Client({ connectionString: postgres.server.url });
    await client.connect();
    const { rows } = await client.query<{ ssl: boolean }>(
      `select bool_and(ssl) as ssl from pg_stat_activity join pg_stat_ssl using (pid)
        where application_name in ('upload-api', 'status-api', 'parse-worker', 'parse-worker child')`,
    );
    await client.end();
    return rows[0]?.ssl ?? false;
  }
});
