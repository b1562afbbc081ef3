import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPostgres, ownRedis } from '@confscope/testing';
import { migrate, ServiceProcess } from './support/service-process.ts';

describe('services that start before their database', () => {
  let postgres: Awaited<ReturnType<typeof ownPostgres>>;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let storage: string;
  let services: ServiceProcess[] = [];
  beforeAll(async () => {
    [postgres, redis, storage] = await Promise.all([
      ownPostgres(),
      ownRedis(),
      mkdtemp(join(tmpdir(), 'confscope-e2e-')),
    ]);
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await Promise.all([postgres.remove(), redis.remove()]);
    await rm(storage, { recursive: true });
  });

  it('wait for it, and then for its schema, and end in none of the two', async () => {
    const env = {
      DATABASE_URL: postgres.server.url,
      REDIS_URL: redis.server.url,
      STORAGE_PATH: join(storage, 'archives'),
      SECRETS_FINGERPRINT_KEY: 'ab'.repeat(32),
    };
    await postgres.server.stop();
    const door = createServer((socket) => socket.destroy()).listen(postgres.server.port, '127.0.0.1');
    await once(door, 'listening');
    const asked = new Promise<void>((resolve) => {
      let attempts = 0;
      door.on('connection', () => ++attempts === 6 && resolve());
    });
    const starting = Promise.all(
      ['upload-api', 'status-api', 'parse-worker'].map((app) => ServiceProcess.start(app, env)),
    );
    await asked;
    door.close();
    await once(door, 'close');
    await postgres.server.restart();
    await migrate(postgres.server.url);
    // Rejects when one of them has ended.
    services = await starting;
    expect(services.map(({ hasEnded }) => hasEnded)).toEqual([false, false, false]);
  });
});
