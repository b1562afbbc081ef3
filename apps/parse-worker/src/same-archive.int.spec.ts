import { Readable } from 'node:stream';
import type { Delivery } from '@confscope/job-queue';
import { RunClaims, type RunRow, WorkerQueries } from '@confscope/persistence';
import { createTestDatabase, tarGzOf } from '@confscope/testing';
import type { ProcessOutcome } from './child/parse-process.ts';
import type { ParseJob } from './child/protocol.ts';
import { ConfFileReader } from './conf-files.ts';
import { LIMITS, parsePlace } from './parse-place.fixture.ts';
import { ParseRun } from './parse-run.ts';
import { parseRunJob, storedRun } from './parse-run-job.fixture.ts';
import { Surroundings } from './surroundings.ts';

const DONE = { kind: 'done' };

describe('a worker that gets an archive which was read before', () => {
  let place: Awaited<ReturnType<typeof parsePlace>>;
  /** The archives that were read, in order. */
  let read: string[];

  beforeAll(async () => (place = await parsePlace(await createTestDatabase())));
  afterAll(() => place.remove());
  beforeEach(() => (read = []));

  async function parse(job: ParseJob): Promise<ProcessOutcome> {
    read.push(job.archiveName);
    const parseRun = new ParseRun(place.database, place.blobs, LIMITS, new ConfFileReader(Buffer.alloc(32, 1)));
    const counts = await parseRun.run(job, { signal: new AbortController().signal, onProgress: () => undefined });
    return counts ? { kind: 'complete', counts, peakRssBytes: 5 } : { kind: 'fenced', peakRssBytes: 5 };
  }

  const worker = (claims?: RunClaims) => {
    const surroundings = new Surroundings([], { onChange: () => undefined, onError: () => undefined });
    return parseRunJob(place.database, surroundings, parse, claims);
  };
  const delivery = (content: Buffer, archiveName: string): Promise<Delivery> =>
    storedRun(place.database, archiveName, (key) => place.blobs.write(key, Readable.from([content]), 1e9));

  const row = async (id: number) =>
    (await place.database.rows<RunRow>('select * from runs where id = $1', [id]))[0] as RunRow;
  const appsOf = async (id: number) =>
    (await place.database.rows<{ app: string | null }>('select app from run_files where run_id = $1', [id])).map(
      ({ app }) => app,
    );
  const etc = (value: string) => tarGzOf([{ path: 'etc/apps/a/local/props.conf', content: `[x]\nk = ${value}\n` }]);

  it('does not read it again, whatever it is called now', async () => {
    const archive = await etc('same');
    const first = await delivery(archive, 'etc-monday.tar.gz');
    const second = await delivery(archive, 'etc-tuesday.tar.gz');
    expect(await worker().run(first)).toEqual(DONE);
    expect(await worker().run(second)).toEqual(DONE);
    expect(read).toEqual(['etc-monday.tar.gz']);
    const [monday, tuesday] = [await row(first.job.runId), await row(second.job.runId)];
    expect(monday.metrics).toMatchObject({ files_parsed: 1, files_reused: 0, conf_settings: 1 });
    expect(tuesday).toMatchObject({
      status: 'complete',
      archive_name: 'etc-tuesday.tar.gz',
      metrics: { ...monday.metrics, files_reused: 1, duration_seconds: expect.any(Number) as number },
    });
    expect(await new WorkerQueries(place.database).attemptsOf(tuesday.id)).toMatchObject([
      { attempt: 1, outcome: 'complete', peak_rss_bytes: null },
    ]);
    expect(await appsOf(tuesday.id)).toEqual(['a']);
  });

  it('reads it again under another name if the archive names what is in it', async () => {
    const app = await tarGzOf([{ path: 'default/props.conf', content: '[x]\nk = named\n' }]);
    const file = Buffer.from('[x]\nk = alone\n');
    const uploads: [Buffer, string][] = [
      [app, 'one_app.tgz'],
      [app, 'other_app.tgz'],
      [app, 'one_app.tgz'],
      [file, 'props.conf'],
      [file, 'inputs.conf'],
      [file, 'inputs.conf'],
    ];
    const apps: (string | null)[][] = [];
    const confs: string[] = [];
    for (const [content, name] of uploads) {
      const message = await delivery(content, name);
      expect(await worker().run(message)).toEqual(DONE);
      apps.push(await appsOf(message.job.runId));
      const [found] = await place.database.rows<{ path: string }>('select path from run_files where run_id = $1', [
        message.job.runId,
      ]);
      confs.push(found?.path ?? '');
    }
    expect(read).toEqual(['one_app.tgz', 'other_app.tgz', 'props.conf', 'inputs.conf']);
    expect(apps.slice(0, 3)).toEqual([['one_app'], ['other_app'], ['one_app']]);
    expect(confs.slice(3)).toEqual(['props.conf', 'inputs.conf', 'inputs.conf']);
  });

  it('reads it when what it came to then cannot be taken over after all', async () => {
    const archive = await etc('unlucky');
    await worker().run(await delivery(archive, 'a.tgz'));
    /** The server breaks off in just this statement. */
    class Unlucky extends RunClaims {
      override repeat(): Promise<null> {
        return Promise.reject(new Error('Connection terminated unexpectedly'));
      }
    }
    const message = await delivery(archive, 'b.tgz');
    expect(await worker(new Unlucky(place.database)).run(message)).toEqual(DONE);
    expect(read).toEqual(['a.tgz', 'b.tgz']);
    expect(await row(message.job.runId)).toMatchObject({ status: 'complete' });
  });

  it('writes nothing twice when only the answer was lost', async () => {
    const archive = await etc('lost answer');
    await worker().run(await delivery(archive, 'a.tgz'));
    class LosesTheAnswer extends RunClaims {
      override async repeat(...parameters: Parameters<RunClaims['repeat']>): Promise<null> {
        await super.repeat(...parameters);
        throw new Error('Connection terminated unexpectedly');
      }
    }
    const message = await delivery(archive, 'b.tgz');
    expect(await worker(new LosesTheAnswer(place.database)).run(message)).toEqual(DONE);
    expect(await row(message.job.runId)).toMatchObject({ status: 'complete', metrics: { files_reused: 1 } });
    expect(
      await place.database.rows('select run_id from run_manifests where run_id = $1', [message.job.runId]),
    ).toHaveLength(1);
  });
});
