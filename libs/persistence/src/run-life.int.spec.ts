import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { ByteBlocks } from './byte-blocks.ts';
import { ConfFileStore, encodedFile, contentKey, type ParsedFile } from './conf-file-store.ts';
import { Database, type Transaction } from './database.ts';
import { DispatchOutbox } from './dispatch-outbox.ts';
import { type Claim, type ClaimedRun, RunClaims } from './run-claims.ts';
import { Quarantine } from './quarantine.ts';
import { QueueControls } from './queue-controls.ts';
import { RunCommands } from './run-commands.ts';
import type { ManifestLine } from './manifest-line.ts';
import { type PublishedMetrics, RunPublisher, type RunResult } from './run-publisher.ts';
import type { RunRow } from './run-row.ts';
import { UploadRuns } from './upload-runs.ts';

const SILENCE_MS = 60_000;
const METRICS: PublishedMetrics = {
  error_type: null,
  files_parsed: 1,
  files_reused: 0,
  stanzas_created: 1,
  conf_files: 1,
  conf_stanzas: 1,
  conf_settings: 1,
  meta_files: 0,
  meta_stanzas: 0,
  meta_settings: 0,
  files_ignored: 0,
  entries: 1,
  archive_bytes: 3,
  diagnostics: { error: 0, warning: 0, info: 0 },
};

const resultOf = (lines: ManifestLine[]): RunResult => ({
  lines,
  layout: null,
  metrics: METRICS,
  peakRssBytes: 1,
  namedByArchive: false,
});

const line = (path: string, stanzaCount: number): ManifestLine => ({
  path,
  fileId: 1,
  kind: 'conf',
  conf: 'props',
  app: 'a',
  scope: 'app',
  layer: 'local',
  owner: null,
  bytes: 3,
  sha256: 'ab',
  stanzaCount,
  reused: false,
  ignoredReason: null,
});

const file = (sha256: string): ParsedFile => ({
  sha256,
  kind: 'conf',
  conf: 'props',
  bytes: 10,
  stanzaCount: 1,
  settingCount: 1,
  errorCount: 0,
  warningCount: 1,
  infoCount: 0,
  diagnostics: [{ code: 'x', severity: 'warning' }],
  stanzas: [
    {
      name: 'a\\b\t[c]',
      line: 1,
      headerLines: [1, 5],
      settings: [['k\\', 'line 1\nline\t2 \\ "q"', 2, 3, { o: [['old', 1]] }]],
    },
  ],
});

const keyed = (sha256: string) => ({ ...file(sha256), key: contentKey(file(sha256)) });

describe('the life of a run in PostgreSQL', () => {
  let place: TestDatabase;
  let database: Database;
  let uploads: UploadRuns;
  let claims: RunClaims;
  let commands: RunCommands;
  let publisher: RunPublisher;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 20 });
    await database.migrate();
    uploads = new UploadRuns(database);
    claims = new RunClaims(database);
    commands = new RunCommands(database);
    publisher = new RunPublisher(database, 1, 1);
    // The first file, which all manifests here name.
    await new ConfFileStore(database, 1, 1).add([file('ab')]);
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  const begin = (idempotencyKey: string | null = null) =>
    uploads.begin({ queue: 'default', archiveName: 'a.tgz', idempotencyKey, receiver: 'api-1', traceparent: null });

  async function stored(): Promise<RunRow & { task_id: string }> {
    const runId = (await begin()) ?? 0;
    const taskId = randomUUID();
    const archive = { archiveKey: `runs/${runId}`, sha256: 'ab', bytes: 3 };
    const run = await uploads.store({
      runId,
      type: 'ds_etc',
      label: 'L',
      notes: null,
      queue: 'high',
      taskId,
      ...archive,
    });
    return { ...(run as RunRow), task_id: taskId };
  }

  const claim = (
    run: { id: number; task_id: string },
    delivery: string,
    { silenceMs = SILENCE_MS, reclaimed = false } = {},
  ): Promise<Claim> =>
    claims.claim({ runId: run.id, taskId: run.task_id, worker: 'w', delivery, silenceMs, traceId: null, reclaimed });

  async function claimed(
    run: { id: number; task_id: string },
    delivery: string,
    reclaimed = false,
  ): Promise<ClaimedRun> {
    const answer = await claim(run, delivery, { reclaimed });
    if (answer.kind !== 'claimed') throw new Error(`not claimed: ${answer.kind}`);
    return answer.run;
  }

  const row = async (id: number): Promise<RunRow> => (await commands.find(id)) as RunRow;

  it('gives one of fifty workers that claim it at once the run, and only one', async () => {
    const run = await stored();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => claim(run, `high/${i}-0`)));
    expect(answers.filter((answer) => answer.kind === 'claimed')).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === 'busy')).toHaveLength(49);
    expect((await row(run.id)).attempt).toBe(1);
  });

  it('lets the redelivered message of a silent worker claim again, and refuses every late write of the first attempt', async () => {
    const run = await stored();
    const first = await claimed(run, 'high/1-0');
    const second = await claimed(run, 'high/1-0', true);
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(second).toMatchObject({ losses: 1, crashes: 0 });
    const late = { runId: run.id, attempt: 1 };
    const files = new ConfFileStore(database, 1, 1);
    const withLastFile = async (tx: Transaction): Promise<RunResult> => {
      await files.addWithin(tx, [encodedFile(file('cd'), 4000, new ByteBlocks().open())]);
      return resultOf([line('late', 1)]);
    };
    expect(await publisher.publish(late, withLastFile)).toBeNull();
    const failing = publisher.publish({ runId: run.id, attempt: 2 }, async (tx) => {
      await withLastFile(tx);
      throw new Error('nothing to publish');
    });
    await expect(failing).rejects.toThrow('nothing to publish');
    expect(await row(run.id)).toMatchObject({ status: 'parsing', attempt: 2 });
    expect((await files.find([keyed('cd')])).known).toEqual(new Map());
    expect(await claims.beat(late, null)).toBe(false);
    const failure = {
      errorType: 'permanent',
      message: 'late',
      traceback: null,
      metrics: {},
      peakRssBytes: null,
    } as const;
    expect(await claims.fail(late, { ...failure, outcome: 'failed' })).toBe(false);
    expect(await row(run.id)).toMatchObject({ status: 'parsing', attempt: 2, error_message: null });
    expect(await database.rows('select 1 from run_files where run_id = $1', [run.id])).toEqual([]);
  });

  it('lets another message claim only once the heartbeats are missing here too', async () => {
    const run = await stored();
    await claimed(run, 'high/1-0');
    expect(await claim(run, 'high/2-0')).toEqual({ kind: 'busy' });
    expect(await claim(run, 'high/2-0', { silenceMs: -1 })).toMatchObject({ kind: 'claimed', run: { attempt: 2 } });
  });

  it('publishes the manifest and the metrics in one step, with stanzas numbered in byte order of the paths', async () => {
    const run = await stored();
    const { attempt } = await claimed(run, 'high/1-0');
    const manifest = [line('b', 2), line('a\tb\\', 3), line('Z', 4)];
    expect(await publisher.publish({ runId: run.id, attempt }, () => resultOf(manifest))).not.toBeNull();
    expect(await row(run.id)).toMatchObject({
      status: 'complete',
      worker: null,
      metrics: { files_parsed: 1, retry_count: 0 },
    });
    const sql = 'select path, first_stanza from run_files where run_id = $1 order by path';
    expect(await database.rows(sql, [run.id])).toEqual([
      { path: 'Z', first_stanza: 0 },
      { path: 'a\tb\\', first_stanza: 4 },
      { path: 'b', first_stanza: 7 },
    ]);
    expect(await claim(run, 'high/2-0')).toEqual({ kind: 'finished' });
    expect(await commands.redispatch(run.id, randomUUID(), null)).toBeNull();
  });

  it('makes a retry wait for its time', async () => {
    const run = await stored();
    const { attempt } = await claimed(run, 'high/1-0');
    const leave = { outcome: 'retry', retryCount: 1, errorType: 'transient', message: 'm', traceback: null } as const;
    await claims.leave({ runId: run.id, attempt }, { ...leave, delayMs: 60_000, peakRssBytes: null });
    const answer = await claim(run, 'high/2-0');
    expect(answer.kind).toBe('not-due');
    expect((answer as { waitMs: number }).waitMs).toBeGreaterThan(50_000);
    expect(await row(run.id)).toMatchObject({ status: 'stored', retry_count: 1, error_type: 'transient' });
  });

  it('drops the message of an earlier task, of a cancelled run and of a deleted one', async () => {
    const run = await stored();
    expect(await claim({ id: run.id, task_id: randomUUID() }, 'high/1-0')).toEqual({ kind: 'stale' });
    expect(await commands.cancel(run.id)).toMatchObject({ status: 'cancelled' });
    expect(await claim(run, 'high/1-0')).toEqual({ kind: 'finished' });
    expect(await commands.delete(run.id)).toEqual({ archiveKey: `runs/${run.id}` });
    expect(await claim(run, 'high/1-0')).toEqual({ kind: 'deleted' });
  });

  it('cancels a run that is being parsed, and refuses what its worker writes afterwards', async () => {
    const run = await stored();
    const { attempt } = await claimed(run, 'high/1-0');
    expect(await commands.cancel(run.id)).toMatchObject({ status: 'cancelled', error_type: 'cancelled' });
    expect(await claims.beat({ runId: run.id, attempt }, null)).toBe(false);
    expect(await publisher.publish({ runId: run.id, attempt }, () => resultOf([line('a', 1)]))).toBeNull();
    const ledger = await database.rows('select outcome from attempts where run_id = $1', [run.id]);
    expect(ledger).toEqual([{ outcome: 'cancelled' }]);
  });

  it('does not delete a run that is being parsed', async () => {
    const run = await stored();
    await claimed(run, 'high/1-0');
    expect(await commands.delete(run.id)).toBeNull();
  });

  it('does not take a message that was only read anew for the silence of its holder', async () => {
    const run = await stored();
    await claimed(run, 'high/1-0');
    // The group was destroyed and made again: the entry is delivered to another worker while the first one works.
    expect(await claim(run, 'high/1-0')).toEqual({ kind: 'busy' });
  });

  it('says which of the attempts in hand hold their run no more', async () => {
    const [cancelled, takenOver, kept] = [await stored(), await stored(), await stored()];
    for (const run of [cancelled, takenOver, kept]) await claimed(run, 'high/1-0');
    await commands.cancel(cancelled.id);
    await claimed(takenOver, 'high/1-0', true);
    const held = [cancelled, takenOver, kept].map(({ id }) => ({ runId: id, attempt: 1 }));
    expect(await claims.lost([...held, { runId: 987654, attempt: 1 }])).toEqual(
      expect.arrayContaining([held[0], held[1], { runId: 987654, attempt: 1 }]),
    );
    expect(await claims.lost([{ runId: kept.id, attempt: 1 }])).toEqual([]);
  });

  describe('bytes that kill the process that parses them', () => {
    const quarantine = () => new Quarantine(database);
    const crash = { outcome: 'crashed', errorType: 'out_of_memory', message: 'too big.', traceback: null } as const;
    beforeEach(() => database.rows('delete from crashed_archives'));

    /** An attempt at a run of these bytes that ends with a dead process. */
    async function crashed(): Promise<RunRow & { task_id: string }> {
      const run = await stored();
      const { attempt } = await claimed(run, 'high/1-0');
      const leave = { ...crash, retryCount: 0, delayMs: 0, peakRssBytes: 9 };
      expect(await claims.leave({ runId: run.id, attempt }, leave)).toBe(true);
      return run;
    }

    it('are quarantined after three crashes in whatever runs, until somebody lifts it', async () => {
      for (let i = 0; i < 2; i++) await crashed();
      expect(await quarantine().find('ab')).toBeNull();
      const last = await crashed();
      expect(await quarantine().list(10)).toMatchObject([{ sha256: 'ab', crashes: 3, run_id: last.id }]);
      expect((await claimed(last, 'high/2-0')).quarantine).toEqual({ crashes: 3, runId: last.id, message: 'too big.' });
      await commands.cancel(last.id);
      expect(await commands.redispatch(last.id, randomUUID(), null)).toBeNull();
      expect(await quarantine().lift('ab')).toBe(true);
      expect(await quarantine().lift('ab')).toBe(false);
      expect(await commands.redispatch(last.id, randomUUID(), null)).toMatchObject({ status: 'stored' });
    });

    it('come in as a run that fails at once, and are not stored by who gives no reason for that', async () => {
      for (let i = 0; i < 3; i++) await crashed();
      const runId = (await begin()) ?? 0;
      const form = { type: 'ds_etc', label: null, notes: null, queue: 'high' } as const;
      const upload = { ...form, runId, archiveKey: 'k', sha256: 'ab', bytes: 3, taskId: randomUUID() };
      expect(await uploads.store(upload)).toBeNull();
      expect(await uploads.store({ ...upload, refusal: 'They are in quarantine.' })).toMatchObject({
        status: 'failed',
        error_type: 'permanent',
        error_message: 'They are in quarantine.',
      });
    });

    it('are forgiven once they are parsed to their end', async () => {
      for (let i = 0; i < 2; i++) await crashed();
      const run = await stored();
      const { attempt } = await claimed(run, 'high/1-0');
      await publisher.publish({ runId: run.id, attempt }, () => resultOf([line('a', 1)]));
      await crashed();
      expect(await quarantine().find('ab')).toBeNull();
    });

    it('are not blamed for the crash of an attempt that was fenced off', async () => {
      const run = await stored();
      await claimed(run, 'high/1-0');
      await claimed(run, 'high/1-0', true);
      const leave = { ...crash, retryCount: 0, delayMs: 0, peakRssBytes: 9 };
      expect(await claims.leave({ runId: run.id, attempt: 1 }, leave)).toBe(false);
      expect(await database.rows('select 1 from crashed_archives')).toEqual([]);
    });
  });

  describe('an archive that was read before', () => {
    const PARSER = 1;
    let bytes = 0;
    beforeEach(() => bytes++);

    /** A run of the bytes of this test, claimed. */
    async function ofTheseBytes(archiveName = 'a.tgz'): Promise<ClaimedRun> {
      const run = await stored();
      await database.rows('update runs set archive_sha256 = $2, archive_name = $3 where id = $1', [
        run.id,
        `bytes-${bytes}`,
        archiveName,
      ]);
      return claimed(run, 'high/1-0');
    }
    async function read(namedByArchive = false): Promise<ClaimedRun> {
      const run = await ofTheseBytes();
      const layout = { instances: [], schemes: [] };
      const result = { ...resultOf([line('a', 1), line('b', 2)]), layout, namedByArchive };
      expect(await publisher.publish(fenceOf(run), () => result)).not.toBeNull();
      return run;
    }
    const fenceOf = ({ id, attempt }: ClaimedRun) => ({ runId: id, attempt });
    const resultRow = async (id: number) => {
      const [result] = await database.rows<{ manifest_id: number; layout_id: number; parsed: string }>(
        'select manifest_id, layout_id, parsed::text from runs join run_manifests on run_id = id where id = $1',
        [id],
      );
      return result;
    };

    it('comes to what it came to then, at once, and has parsed none of it', async () => {
      const earlier = await read();
      const run = await ofTheseBytes('etc-of-the-next-day.tgz');
      expect([earlier.repeats, run.repeats]).toEqual([false, true]);
      expect(await claims.repeat(fenceOf(run), PARSER)).toEqual({
        earlierRun: earlier.id,
        counts: { files_parsed: 1, files_reused: 1, stanzas_created: 1 },
      });
      expect(await row(run.id)).toMatchObject({
        status: 'complete',
        worker: null,
        progress: null,
        metrics: { ...METRICS, files_reused: 1, retry_count: 0, duration_seconds: expect.any(Number) as number },
      });
      const before = await resultRow(earlier.id);
      expect(before?.parsed).toBe('{[0,2)}');
      expect(before?.layout_id).not.toBeNull();
      expect(await resultRow(run.id)).toEqual({ ...before, parsed: '{}' });
      const ledger = await database.rows('select outcome, ended_at is null as open from attempts where run_id = $1', [
        run.id,
      ]);
      expect(ledger).toEqual([{ outcome: 'complete', open: false }]);
    });

    it('goes on doing so after the run that read it is deleted', async () => {
      const earlier = await read();
      await claims.repeat(fenceOf(await ofTheseBytes()), PARSER);
      const { manifest_id } = (await resultRow(earlier.id)) ?? {};
      expect(await commands.delete(earlier.id)).not.toBeNull();
      const run = await ofTheseBytes();
      expect(await claims.repeat(fenceOf(run), PARSER)).not.toBeNull();
      expect((await resultRow(run.id))?.manifest_id).toBe(manifest_id);
    });

    it('is read again under another name if something in it is called after the archive', async () => {
      await read(true);
      const other = await ofTheseBytes('b.tgz');
      expect(other.repeats).toBe(false);
      expect(await claims.repeat(fenceOf(other), PARSER)).toBeNull();
      const same = await ofTheseBytes();
      expect(same.repeats).toBe(true);
      expect(await claims.repeat(fenceOf(same), PARSER)).not.toBeNull();
    });

    it.each([
      ['by another parser', () => Promise.resolve(), PARSER + 1],
      ['and the run that read it is deleted meanwhile', (earlier: ClaimedRun) => commands.delete(earlier.id), PARSER],
      [
        'and its manifest is lost',
        (earlier: ClaimedRun) => database.rows('delete from run_manifests where run_id = $1', [earlier.id]),
        PARSER,
      ],
    ])('is read again when it was read %s', async (_, meanwhile, parser) => {
      const earlier = await read();
      const run = await ofTheseBytes();
      await meanwhile(earlier);
      expect(await claims.repeat(fenceOf(run), parser)).toBeNull();
      expect(await row(run.id)).toMatchObject({ status: 'parsing', metrics: null });
      expect(await resultRow(run.id)).toBeUndefined();
    });

    it('is read again when nobody knows which parser read it, as before this was kept', async () => {
      const earlier = await read();
      await database.rows('update runs set parser_version = null, named_by_archive = null where id = $1', [earlier.id]);
      const run = await ofTheseBytes();
      expect(run.repeats).toBe(false);
      expect(await claims.repeat(fenceOf(run), PARSER)).toBeNull();
    });

    it('changes nothing for an attempt that was fenced off or cancelled', async () => {
      await read();
      const run = await ofTheseBytes();
      const takenOver = await claimed({ id: run.id, task_id: run.taskId }, 'high/1-0', true);
      expect(await claims.repeat(fenceOf(run), PARSER)).toBeNull();
      expect(await row(run.id)).toMatchObject({ status: 'parsing', attempt: 2 });
      await commands.cancel(run.id);
      expect(await claims.repeat(fenceOf(takenOver), PARSER)).toBeNull();
      expect(await row(run.id)).toMatchObject({ status: 'cancelled' });
      expect(await resultRow(run.id)).toBeUndefined();
    });
  });

  it('keeps which queues are paused, and since when', async () => {
    const controls = new QueueControls(database);
    const since = await controls.pause('low');
    expect(await controls.pause('low')).toEqual(since);
    expect(await controls.paused()).toEqual([{ queue: 'low', paused_at: since }]);
    expect(await controls.resume('low')).toBe(true);
    expect(await controls.resume('low')).toBe(false);
    expect(await controls.paused()).toEqual([]);
  });

  it('keeps an idempotency key to one run, and frees it when the upload breaks off', async () => {
    const key = randomUUID();
    const first = (await begin(key)) ?? 0;
    expect(await begin(key)).toBeNull();
    expect((await uploads.findByIdempotencyKey(key))?.id).toBe(first);
    await uploads.interrupt(first, `runs/${first}`, 12);
    expect(await row(first)).toMatchObject({ status: 'failed', error_type: 'upload_interrupted' });
    expect((await row(first)).error_message).toContain('after 12 bytes');
    expect(await begin(key)).not.toBeNull();
  });

  it('knows the uploads whose service fell silent, and not the ones that are kept alive', async () => {
    const silent = (await begin()) ?? 0;
    const alive = (await begin()) ?? 0;
    await database.rows(`update runs set last_heartbeat = now() - interval '1 hour' where id = any($1::bigint[])`, [
      [silent, alive],
    ]);
    await uploads.keepAlive([alive]);
    const ids = await uploads.silent(SILENCE_MS);
    expect(ids).toContain(silent);
    expect(ids).not.toContain(alive);
  });

  it('interrupts for its silence only an upload that is silent still, and one whose sender left at once', async () => {
    const run = (await begin()) ?? 0;
    const key = `runs/${run}`;
    expect(await uploads.interruptSilent(run, key, SILENCE_MS)).toBe(false);
    expect(await row(run)).toMatchObject({ status: 'pending' });
    await database.rows(`update runs set last_heartbeat = now() - interval '1 hour' where id = $1`, [run]);
    expect(await uploads.interruptSilent(run, key, SILENCE_MS)).toBe(true);
    expect(await row(run)).toMatchObject({ status: 'failed', error_type: 'upload_interrupted' });
    expect(await uploads.interruptSilent(run, key, SILENCE_MS)).toBe(false);
    const left = (await begin()) ?? 0;
    expect(await uploads.interrupt(left, `runs/${left}`, 12)).toBe(true);
    expect(await row(left)).toMatchObject({ status: 'failed', error_type: 'upload_interrupted' });
  });

  it('shows the reconciler what the dispatch index ought to know of', async () => {
    const undispatched = await stored();
    const dispatched = await stored();
    await commands.markDispatched([{ runId: dispatched.id, taskId: dispatched.task_id }]);
    const outbox = new DispatchOutbox(database);
    const seen = new Map<number, boolean>();
    const everyRun = { undispatchedAgeMs: 0, silenceMs: SILENCE_MS, dispatchedBefore: null };
    for await (const page of outbox.waiting(everyRun))
      for (const run of page) seen.set(run.envelope.runId, run.undispatched);
    expect(seen.get(undispatched.id)).toBe(true);
    expect(seen.get(dispatched.id)).toBe(false);
  });

  it('counts a run as dispatched whose worker was faster than the answer of Redis', async () => {
    const run = await stored();
    await claimed(run, 'default/1-0');
    await commands.markDispatched([{ runId: run.id, taskId: run.task_id }]);
    const [row] = await database.rows<{ dispatched: boolean }>(
      'select dispatched_at is not null as dispatched from runs where id = $1',
      [run.id],
    );
    expect(row?.dispatched).toBe(true);
  });

  it('elects one reconciler at a time', async () => {
    const outbox = new DispatchOutbox(database);
    const both = await outbox.ifElected(async () => outbox.ifElected(() => Promise.resolve('second')));
    expect(both).toBeUndefined();
    expect(await outbox.ifElected(() => Promise.resolve('alone'))).toBe('alone');
  });

  describe('the store of parsed files', () => {
    it('gives back every character of what it was given', async () => {
      const store = new ConfFileStore(database, 1, 1);
      const ids = await store.add([file('c1')]);
      const id = ids.get(contentKey(file('c1')));
      const sql = 'select name, line, header_lines, settings from stanzas where file_id = $1';
      const [stanza] = file('c1').stanzas;
      expect(await database.rows(sql, [id])).toEqual([
        { name: stanza?.name, line: 1, header_lines: [1, 5], settings: stanza?.settings },
      ]);
    });

    it('stores a file once, however many workers add it at once, and tells all of them its id', async () => {
      const store = new ConfFileStore(database, 1, 1);
      const files = Array.from({ length: 40 }, (_, i) => file(`d${i}`));
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) => store.add(i % 2 ? files : [...files].reverse())),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      const rows = await database.rows(
        `select f.id from conf_files f join stanzas s on s.file_id = f.id where f.sha256 like 'd%'`,
      );
      expect(rows).toHaveLength(40);
    });

    it('are told from those that are not, name by name, and the others get ids of their own', async () => {
      const files = new ConfFileStore(database, 1, 1);
      const ids = await files.add([file('f2'), file('f4')]);
      const names = ['f1', 'f2', 'f3', 'f4', 'f5'].map(keyed);
      const { known, freeIds } = await files.find(names);
      expect([...known].map(([key, { id }]) => [key, id])).toEqual([...ids]);
      expect([...freeIds.keys()]).toEqual(['f1', 'f3', 'f5'].map((sha256) => contentKey(file(sha256))));
      const newIds = [...freeIds.values()];
      expect(new Set([...newIds, ...ids.values()]).size).toBe(5);
      expect(newIds).toEqual(newIds.toSorted((a, b) => a - b));
    });

    it('are never entered under an id that another one has, as a server gives out that lost its last writes', async () => {
      const files = new ConfFileStore(database, 1, 1);
      const [taken = 0] = (await files.add([file('a7')])).values();
      const adding = database.transaction((tx) =>
        files.addWithin(tx, [encodedFile(file('a8'), taken, new ByteBlocks().open())]),
      );
      await expect(adding).rejects.toMatchObject({ code: '23505', constraint: 'conf_files_pkey' });
      expect((await files.find([keyed('a8')])).known.size).toBe(0);
      expect((await files.add([file('a8')])).size).toBe(1);
    });

    it('parses anew under a new parser version', async () => {
      await new ConfFileStore(database, 1, 1).add([file('e1')]);
      expect((await new ConfFileStore(database, 1, 1).find([keyed('e1')])).known.size).toBe(1);
      expect((await new ConfFileStore(database, 1, 2).find([keyed('e1')])).known.size).toBe(0);
    });
  });
});
