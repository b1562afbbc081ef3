import { EventEmitter, once } from 'node:events';
import { type Delivery, ShuttingDown } from '@confscope/job-queue';
import type { PostgresServer } from '@confscope/local-services';
import { Database, type RunRow, WorkerQueries } from '@confscope/persistence';
import { ownPostgres } from '@confscope/testing';
import type { ProcessOutcome } from './child/parse-process.ts';
import { UNREACHABLE } from './child/protocol.ts';
import { parseRunJob, storedRun } from './parse-run-job.fixture.ts';
import { Surroundings } from './surroundings.ts';

const CUT_OFF: ProcessOutcome = {
  kind: 'fault',
  fault: 'transient',
  code: UNREACHABLE,
  message: 'Connection terminated unexpectedly',
  traceback: null,
  peakRssBytes: 5,
};

describe('a worker whose PostgreSQL goes away', () => {
  let postgres: Awaited<ReturnType<typeof ownPostgres>>;
  let server: PostgresServer;
  let database: Database;
  let surroundings: Surroundings;
  const events = new EventEmitter();

  beforeAll(async () => {
    postgres = await ownPostgres();
    server = postgres.server;
    database = await Database.connect({ url: server.url, applicationName: 'spec', maxConnections: 4 });
    await database.migrate();
    surroundings = new Surroundings([{ name: 'PostgreSQL', check: () => database.ping() }], {
      onChange: (away) => events.emit(away.length > 0 ? 'away' : 'back'),
      onError: () => undefined,
    });
  });
  afterAll(async () => {
    await database.close();
    await postgres.remove();
  });

  /** A worker whose processes end every attempt like this. */
  const job = (parse: () => Promise<ProcessOutcome>) => parseRunJob(database, surroundings, parse);
  const delivery = (signal?: AbortSignal): Promise<Delivery> =>
    storedRun(database, 'a', () => Promise.resolve({ sha256: 'ab', bytes: 3 }), signal);

  const row = async (id: number) =>
    (await database.rows<RunRow>('select * from runs where id = $1', [id]))[0] as RunRow;

  it('writes the outcome when it is back, and counts no retry', async () => {
    const message = await delivery();
    const back = once(events, 'away').then(() => server.restart());
    const settlement = await job(async () => {
      await server.stop();
      return CUT_OFF;
    }).run(message);
    await back;
    expect(settlement).toEqual({ kind: 'retry', delayMs: 1000 });
    const run = await row(message.job.runId);
    expect(run).toMatchObject({ status: 'stored', retry_count: 0, error_type: 'transient' });
    expect(run.error_message).toContain('cannot reach PostgreSQL');
    const ledger = await new WorkerQueries(database).attemptsOf(run.id);
    expect(ledger).toMatchObject([{ outcome: 'handed_back', error_type: 'transient', peak_rss_bytes: 5 }]);
    expect(await surroundings.check()).toEqual([]);
  });

  it('counts no retry either for a connection that broke though everything is there, unless it does so again and again', async () => {
    const message = await delivery();
    const retries: number[] = [];
    for (let i = 0; i < 6; i++) {
      await database.rows('update runs set next_attempt_at = null where id = $1', [message.job.runId]);
      await job(() => Promise.resolve(CUT_OFF)).run(message);
      retries.push((await row(message.job.runId)).retry_count);
    }
    expect(retries).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it('gives the message up as it is when the run cannot be claimed, or the worker is told to stop meanwhile', async () => {
    const unclaimed = await delivery();
    const stop = new AbortController();
    const begun = await delivery(stop.signal);
    const given = job(async () => {
      await server.stop();
      stop.abort(new ShuttingDown());
      return { kind: 'stopped', peakRssBytes: 1 };
    }).run(begun);
    expect(await given).toEqual({ kind: 'release' });
    expect(await job(() => Promise.resolve(CUT_OFF)).run(unclaimed)).toEqual({ kind: 'release' });
    await server.restart();
    expect(await surroundings.check()).toEqual([]);
    expect(await row(unclaimed.job.runId)).toMatchObject({ status: 'stored', attempt: 0 });
    const again = { ...begun, reclaimed: true, signal: new AbortController().signal };
    const done = await job(() => Promise.resolve({ kind: 'stopped', peakRssBytes: 1 })).run(again);
    expect(done).toEqual({ kind: 'hand-back' });
  });
});
