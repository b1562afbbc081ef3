import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type BlobStore, openBlobStore, storageSettings } from '@confscope/blob-store';
import type { QueueName } from '@confscope/domain';
import { Database, Quarantine, Retention, type RunRow, type StoreUpload, UploadRuns } from '@confscope/persistence';
import { loadConfig } from '@confscope/service-kit';
import { createTestDatabase } from '@confscope/testing';
import { KeepUploadsAlive } from './keep-uploads-alive.ts';
import { type FormPart, ReceiveUpload } from './receive-upload.ts';
import { SweepUploads } from './sweep-uploads.ts';

/** PostgreSQL carries the statement out, and its answer is lost with the connection. */
class AnswerLost extends UploadRuns {
  override async store(upload: StoreUpload): Promise<RunRow | null> {
    await super.store(upload);
    throw new Error('Connection terminated unexpectedly');
  }
}

/** The receiver was silent for so long that another one gave its upload up; it stores it in the very same moment. */
class LateStore extends UploadRuns {
  constructor(
    database: Database,
    private readonly storeNow: () => Promise<unknown>,
  ) {
    super(database);
  }

  override async silent(silenceMs: number): Promise<number[]> {
    const silent = await super.silent(silenceMs);
    await this.storeNow();
    return silent;
  }
}

const routes = { ds_etc: 'default', instance_etc: 'default', app_bundle: 'default', single_conf: 'high' } as const;

/** A database and a storage to receive uploads in; both go when it is removed. */
async function openPlace() {
  const owned = await createTestDatabase();
  const database = await Database.connect({ url: owned.url, applicationName: 'spec', maxConnections: 2 });
  await database.migrate();
  const folder = await mkdtemp(join(tmpdir(), 'confscope-receive-'));
  const blobs = await openBlobStore(loadConfig(storageSettings, { STORAGE_PATH: folder }));
  await blobs.prepare();
  const remove = async (): Promise<void> => {
    await database.close();
    await owned.drop();
    await rm(folder, { recursive: true });
  };
  return { database, folder, blobs, remove };
}

describe('an upload whose end nobody saw', () => {
  let database: Database;
  let folder: string;
  let blobs: BlobStore;
  let remove: () => Promise<void>;
  const options = { maxBytes: 1000, receiver: 'api-1', routes };

  beforeAll(async () => ({ database, folder, blobs, remove } = await openPlace()));
  afterAll(() => remove());

  const bytes = (): AsyncIterable<Buffer> => Readable.from([Buffer.from('[a]\nb = c\n')]);

  /** A form with one file, which arrives piece by piece. */
  function form(chunks = bytes()): AsyncIterable<FormPart> {
    const type: FormPart = { kind: 'field', name: 'type', value: 'single_conf' };
    return Readable.from([type, { kind: 'file', name: 'file', fileName: 'inputs.conf', chunks }]);
  }

  const request = (idempotencyKey: string) => ({
    parts: form(),
    idempotencyKey,
    expectedSha256: null,
    traceparent: null,
  });
  const archives = () => readdir(join(folder, 'blobs', 'runs'));

  /** What another receiver gives up that has reached PostgreSQL for long enough. */
  async function sweep(runs: UploadRuns): Promise<void> {
    const other = new ReceiveUpload(runs, new Quarantine(database), blobs, { ...options, receiver: 'api-2' });
    const heartbeats = new KeepUploadsAlive(other, runs, { beatMs: 60_000, steadyMs: 0 });
    await heartbeats.run();
    await new SweepUploads(heartbeats, runs, blobs, 60_000).run();
  }

  it('keeps its archive when it was stored after all, and is found again by its key', async () => {
    const broken = new ReceiveUpload(new AnswerLost(database), new Quarantine(database), blobs, options);
    await expect(broken.receive(request('key-1'))).rejects.toThrow('Connection terminated');
    const receive = new ReceiveUpload(new UploadRuns(database), new Quarantine(database), blobs, options);
    const { run, replayed } = await receive.receive(request('key-1'));
    expect({ replayed, status: run.status }).toEqual({ replayed: true, status: 'stored' });
    expect(await archives()).toContain(String(run.id));
  });

  it('keeps its archive when it is stored while another receiver gives it up', async () => {
    const runs = new UploadRuns(database);
    const id = await runs.begin({
      queue: 'default',
      archiveName: 'a.conf',
      idempotencyKey: null,
      receiver: 'frozen',
      traceparent: null,
    });
    if (id === null) throw new Error('The run was not begun.');
    const key = `runs/${id}`;
    const blob = await blobs.write(key, bytes(), 1000);
    await database.rows(`update runs set last_heartbeat = now() - interval '1 hour' where id = $1`, [id]);
    const upload = { type: 'single_conf' as const, label: null, notes: null, queue: 'default' as const };
    const late = new LateStore(database, () =>
      runs.store({ ...upload, ...blob, runId: id, archiveKey: key, taskId: '5f2ab9c2-6f0e-4c0b-8a55-9a3b9d0f6a11' }),
    );
    await sweep(late);
    expect(await archives()).toContain(String(id));
  });

  it('leaves no archive behind when another receiver gave it up before it had arrived', async () => {
    const runs = new UploadRuns(database);
    const receive = new ReceiveUpload(runs, new Quarantine(database), blobs, options);
    const before = await archives();
    async function* slowBytes(): AsyncGenerator<Buffer> {
      yield Buffer.from('[a]\n');
      await database.rows(`update runs set last_heartbeat = now() - interval '1 hour' where status = 'pending'`);
      await sweep(runs);
      yield Buffer.from('b = c\n');
    }
    await expect(receive.receive({ ...request('key-3'), parts: form(slowBytes()) })).rejects.toThrow('given up');
    expect(await archives()).toEqual(before);
  });

  it('is on the list of unwanted archives when its storage goes away before it can be deleted', async () => {
    const away: BlobStore = {
      write: (...args) => blobs.write(...args),
      read: (key) => blobs.read(key),
      delete: () => Promise.reject(new Error('The storage is away.')),
      ping: () => blobs.ping(),
      prepare: () => blobs.prepare(),
      sweepIncoming: (...args) => blobs.sweepIncoming(...args),
    };
    const receive = new ReceiveUpload(new UploadRuns(database), new Quarantine(database), away, options);
    const before = await archives();
    const refused = { ...request('key-4'), expectedSha256: '0'.repeat(64) };
    await expect(receive.receive(refused)).rejects.toThrow('Repr-Digest');
    const left = (await archives()).filter((name) => !before.includes(name));
    expect(left).toHaveLength(1);
    const unwanted: string[] = [];
    for await (const keys of new Retention(database).unwantedArchives()) unwanted.push(...keys);
    expect(unwanted).toContain(`runs/${left[0]}`);
  });

  it('leaves no archive behind when it was refused', async () => {
    const receive = new ReceiveUpload(new UploadRuns(database), new Quarantine(database), blobs, options);
    const before = await archives();
    const refused = { ...request('key-2'), expectedSha256: '0'.repeat(64) };
    await expect(receive.receive(refused)).rejects.toThrow('Repr-Digest');
    expect(await archives()).toEqual(before);
  });
});

describe('an upload that is sent again with its key', () => {
  let database: Database;
  let blobs: BlobStore;
  let remove: () => Promise<void>;

  beforeAll(async () => ({ database, blobs, remove } = await openPlace()));
  afterAll(() => remove());

  const CONF = '[a]\nb = c\n';
  /** SHA-256 of {@link CONF}. */
  const digest = createHash('sha256').update(CONF).digest('hex');

  interface Sent {
    content?: string;
    fields?: Record<string, string>;
    expectedSha256?: string;
    /** What TASK_ROUTES says. */
    routedTo?: QueueName;
  }

  function send(idempotencyKey: string, { content = CONF, fields = {}, expectedSha256, routedTo = 'high' }: Sent) {
    const options = { maxBytes: 1000, receiver: 'api-1', routes: { ...routes, single_conf: routedTo } };
    const receive = new ReceiveUpload(new UploadRuns(database), new Quarantine(database), blobs, options);
    const parts: FormPart[] = [
      { kind: 'file', name: 'file', fileName: 'inputs.conf', chunks: Readable.from([Buffer.from(content)]) },
      ...Object.entries({ type: 'single_conf', ...fields }).map(([name, value]): FormPart => {
        return { kind: 'field', name, value };
      }),
    ];
    const request = { idempotencyKey, expectedSha256: expectedSha256 ?? null, traceparent: null };
    return receive.receive({ parts: Readable.from(parts), ...request });
  }
  const FULL = { label: 'spring', notes: 'a\nb \ud800', queue: 'low' };

  it.each<[string, Sent, Sent]>([
    ['with the least there is', {}, {}],
    ['with all there is', { fields: FULL, expectedSha256: digest }, { fields: FULL, expectedSha256: digest }],
    ['with empty fields, which are none', { fields: { label: '' } }, { fields: { notes: '' } }],
    ['when its type has got another queue since', { routedTo: 'high' }, { routedTo: 'low' }],
  ])('gets the run that it got, %s', async (key, first, again) => {
    const { run } = await send(encodeURIComponent(key), first);
    expect(await send(encodeURIComponent(key), again)).toMatchObject({ run: { id: run.id }, replayed: true });
  });

  it.each<[string[], Sent]>([
    [['file'], { fields: FULL, content: '[other]\n' }],
    [['type'], { fields: { ...FULL, type: 'app_bundle' } }],
    [['label'], { fields: { ...FULL, label: 'autumn' } }],
    [['label', 'notes'], { fields: { queue: 'low' } }],
    [['queue'], { fields: { ...FULL, queue: 'default' } }],
  ])('is refused when it has another %j', async (differing, again) => {
    const key = differing.join();
    const { run } = await send(key, { fields: FULL });
    await expect(send(key, again)).rejects.toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
      detail: expect.stringContaining(`run ${run.id}, which has another ${differing.join(' and another ')}.`) as string,
      errors: differing.map((field) => ({ field })),
    });
  });

  it('is refused when it is not the file that its digest promises', async () => {
    await send('digest', {});
    const again = send('digest', { expectedSha256: '0'.repeat(64) });
    await expect(again).rejects.toMatchObject({ status: 400, code: 'digest_mismatch' });
  });
});
