import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type BlobStore, openBlobStore, storageSettings } from '@confscope/blob-store';
import { Database, Quarantine, UploadRuns } from '@confscope/persistence';
import { loadConfig } from '@confscope/service-kit';
import { createTestDatabase, TcpProxy, type TestDatabase } from '@confscope/testing';
import { KeepUploadsAlive } from './keep-uploads-alive.ts';
import { ReceiveUpload } from './receive-upload.ts';
import { SweepUploads } from './sweep-uploads.ts';

const BEAT_MS = 10_000;
const STEADY_MS = 45_000;
const SILENCE_MS = 60_000;
const ROUTES = { ds_etc: 'default', instance_etc: 'default', app_bundle: 'default', single_conf: 'high' } as const;

/** The receivers of silent uploads are heard again as soon as it is known who was silent. */
class HeardAgain extends UploadRuns {
  override async silent(silenceMs: number): Promise<number[]> {
    const silent = await super.silent(silenceMs);
    await this.keepAlive(silent);
    return silent;
  }
}

describe('an upload that another service receives', () => {
  let owned: TestDatabase;
  let database: Database;
  let peer: UploadRuns;
  let folder: string;
  let blobs: BlobStore;
  let proxy: TcpProxy;
  /** The database of the service that sweeps, which the network can cut off. */
  let remote: Database;
  let nowMs = 0;

  beforeAll(async () => {
    owned = await createTestDatabase();
    database = await Database.connect({ url: owned.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    peer = new UploadRuns(database);
    folder = await mkdtemp(join(tmpdir(), 'confscope-sweep-'));
    blobs = await openBlobStore(loadConfig(storageSettings, { STORAGE_PATH: folder }));
    await blobs.prepare();
    proxy = await TcpProxy.start(Number(new URL(owned.url).port));
    const url = proxy.through(owned.url);
    remote = await Database.connect({ url, applicationName: 'sweeper', maxConnections: 2, connectTimeoutMs: 200 });
  });
  afterEach(() => database.rows('delete from runs'));
  afterAll(async () => {
    await remote.close();
    await proxy.stop();
    await database.close();
    await owned.drop();
    await rm(folder, { recursive: true });
  });

  /** An upload in progress, of which some bytes are in the blob store. */
  async function begun(): Promise<number> {
    const upload = { queue: 'default' as const, archiveName: 'a.conf', idempotencyKey: null, traceparent: null };
    const id = await peer.begin({ ...upload, receiver: 'peer' });
    if (id === null) throw new Error('The run was not begun.');
    await blobs.write(`runs/${id}`, Readable.from([Buffer.from('[a]\nb = c\n')]), 1000);
    return id;
  }

  /** Time that passes for PostgreSQL and for the sweeper alike. */
  async function pass(ms: number): Promise<void> {
    nowMs += ms;
    await database.rows(`update runs set last_heartbeat = last_heartbeat - $1 * interval '1 ms'`, [ms]);
  }

  function sweeper(runs = new UploadRuns(remote)) {
    const options = { maxBytes: 1000, receiver: 'sweeper', routes: ROUTES };
    const receive = new ReceiveUpload(runs, new Quarantine(remote), blobs, options);
    const heartbeats = new KeepUploadsAlive(receive, runs, { beatMs: BEAT_MS, steadyMs: STEADY_MS }, () => nowMs);
    return { heartbeats, sweep: new SweepUploads(heartbeats, runs, blobs, SILENCE_MS) };
  }

  /** Heartbeats for so long that silence counts; others that live beat too. */
  async function beatUntilSteady(heartbeats: KeepUploadsAlive, living: number[] = []): Promise<void> {
    await heartbeats.run();
    while (!heartbeats.isSteady) {
      await pass(BEAT_MS);
      await peer.keepAlive(living);
      await heartbeats.run();
    }
  }

  const statusOf = async (id: number) =>
    (await database.rows<{ status: string }>('select status from runs where id = $1', [id]))[0]?.status;
  const isKept = (id: number) =>
    blobs.read(`runs/${id}`).then(
      () => true,
      () => false,
    );

  it('is given up when it stays silent, by a service that has reached PostgreSQL for a while', async () => {
    const id = await begun();
    await pass(SILENCE_MS + BEAT_MS);
    const { heartbeats, sweep } = sweeper();
    await sweep.run();
    expect(await statusOf(id)).toBe('pending');
    await heartbeats.run();
    await sweep.run();
    expect(await statusOf(id)).toBe('pending');
    await beatUntilSteady(heartbeats);
    await sweep.run();
    expect(await statusOf(id)).toBe('failed');
    expect(await isKept(id)).toBe(false);
  });

  it('goes on after PostgreSQL was away, though its service comes back after the one that sweeps', async () => {
    const id = await begun();
    const { heartbeats, sweep } = sweeper();
    await beatUntilSteady(heartbeats, [id]);
    proxy.goSilent();
    proxy.resetAll();
    await expect(heartbeats.run()).rejects.toThrow();
    await pass(SILENCE_MS + BEAT_MS);
    proxy.heal();
    await heartbeats.run();
    await sweep.run();
    expect(await statusOf(id)).toBe('pending');
    await beatUntilSteady(heartbeats, [id]);
    await sweep.run();
    expect(await statusOf(id)).toBe('pending');
    expect(await isKept(id)).toBe(true);
  });

  it('goes on after PostgreSQL hung for a while and then answered who is silent', async () => {
    const id = await begun();
    const { heartbeats, sweep } = sweeper();
    await beatUntilSteady(heartbeats, [id]);
    proxy.goSilent();
    const turn = sweep.run();
    await pass(SILENCE_MS + BEAT_MS);
    proxy.heal();
    await turn;
    expect(await statusOf(id)).toBe('pending');
    expect(await isKept(id)).toBe(true);
  });

  it('goes on when its service is heard just before it is given up', async () => {
    const id = await begun();
    const { heartbeats, sweep } = sweeper(new HeardAgain(remote));
    await pass(SILENCE_MS);
    await beatUntilSteady(heartbeats);
    await sweep.run();
    expect(await statusOf(id)).toBe('pending');
    expect(await isKept(id)).toBe(true);
  });
});
