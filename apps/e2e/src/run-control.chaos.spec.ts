import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { childrenOf } from '@confscope/testing';
import { manyApps } from './support/many-apps.ts';
import { type Run, Stack } from './support/stack.ts';

interface Explanation {
  reason: string;
  message: string;
}
interface Problem {
  code: string;
  detail: string;
}

/** What operators and the machine do to runs, and what runs make of it. */
describe('a run', () => {
  let stack: Stack;
  let seed = 0;
  beforeAll(async () => (stack = await Stack.start({ WORKER_CONCURRENCY: '1' }, 0)));
  afterAll(() => stack.stop());
  afterEach(() => Promise.all(stack.workers.splice(0).map((worker) => worker.stop())));

  const archive = async (apps: number) => (await manyApps(apps, 25, `control${seed++}`)).archive;
  const upload = async (apps = 3, fields: Record<string, string> = { type: 'ds_etc' }) =>
    stack.upload(await archive(apps), 'etc.tar.gz', fields);
  const attempts = async (id: number) =>
    (await stack.get<{ items: { outcome: string | null }[] }>(`/v1/runs/${id}/attempts`)).body.items;
  async function untilExplained(id: number, reason: string): Promise<Explanation> {
    for (;;) {
      const { body } = await stack.get<Explanation>(`/v1/runs/${id}/explain`);
      if (body.reason === reason) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const midRun = async (env: Record<string, string> = {}) => {
    const worker = await stack.addWorker(env);
    const { id } = await upload(2500);
    await stack.until(id, (run) => run.status === 'parsing' && run.progress.files > 0);
    return { id, worker };
  };

  it('of a paused queue waits until the queue is resumed, while others run', async () => {
    await stack.send('POST', '/v1/queues/low/pause');
    await stack.addWorker();
    const paused = await upload(3, { type: 'ds_etc', queue: 'low' });
    expect((await stack.until((await upload()).id)).status).toBe('complete');
    expect((await untilExplained(paused.id, 'paused')).message).toContain('/v1/queues/low/resume');
    await stack.send('POST', '/v1/queues/low/resume');
    expect((await stack.until(paused.id)).status).toBe('complete');
    const wrong = await stack.send<Problem>('POST', '/v1/queues/express/pause');
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_queue' } });
    expect(wrong.body.detail).toContain('high, default, low');
  });

  it('that waits is dispatched again when the index is rebuilt, whatever the index held', async () => {
    const runs = await Promise.all([upload(), upload()]);
    await stack.flushRedis();
    const { status, body } = await stack.send<{ removed: number; dispatched: number }>('POST', '/v1/queues/rebuild');
    expect({ status, ...body }).toEqual({ status: 200, removed: 0, dispatched: 2 });
    expect((await stack.send('POST', '/v1/queues/rebuild')).body).toEqual({ removed: 2, dispatched: 2 });
    await stack.addWorker();
    for (const { id } of runs) expect((await stack.until(id)).status).toBe('complete');
    for (const { id } of runs) expect(await attempts(id)).toMatchObject([{ outcome: 'complete' }]);
  });

  it('is parsed once though the index is rebuilt again and again while the load goes on', async () => {
    await Promise.all([stack.addWorker(), stack.addWorker()]);
    let loaded = false;
    const rebuilding = (async () => {
      const answers = new Set<number>();
      while (!loaded) answers.add((await stack.send('POST', '/v1/queues/rebuild')).status);
      return answers;
    })();
    const runs = await Promise.all(Array.from({ length: 24 }, () => upload(1)));
    for (const { id } of runs) expect((await stack.until(id)).status).toBe('complete');
    loaded = true;
    expect(await rebuilding).toEqual(new Set([200]));
    for (const { id } of runs) expect(await attempts(id)).toMatchObject([{ outcome: 'complete' }]);
  });

  it('that waits for its retry in a paused queue says both, and waits for both', async () => {
    // What the storage says to the first attempt passes; it cannot read what is no file.
    const { id } = await upload();
    const file = join(stack.storage, 'blobs', 'runs', String(id));
    await rename(file, `${file}.away`);
    await mkdir(file);
    await stack.addWorker({ TASK_RETRY_DELAYS_S: '8' });
    await stack.until(id, (run) => run.retry_count === 1);
    await stack.send('POST', '/v1/queues/default/pause');
    const { message } = await untilExplained(id, 'backing_off');
    expect(message).toContain('Besides: The queue default is paused');
    await rm(file, { recursive: true });
    await rename(`${file}.away`, file);
    // Its time comes, and it goes on waiting for the queue alone.
    await untilExplained(id, 'paused');
    expect(await stack.run(id)).toMatchObject({ status: 'stored', retry_count: 1 });
    await stack.send('POST', '/v1/queues/default/resume');
    expect(await stack.until(id)).toMatchObject({ status: 'complete', retry_count: 1 });
  });

  it('that is cancelled while another worker takes it over stays cancelled, and no attempt of it goes on', async () => {
    const { id, worker } = await midRun();
    // Its parsing process as well: by itself it would come to the end of the archive.
    const frozen = [worker.pid, ...childrenOf(worker.pid)];
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    await stack.addWorker();
    while ((await attempts(id)).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await stack.send('POST', `/v1/runs/${id}/cancel`)).status).toBe(202);
    for (const pid of frozen) process.kill(pid, 'SIGCONT');
    const active = async () => (await stack.get<{ active_tasks: number }>('/v1/worker/health')).body.active_tasks;
    while ((await active()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await stack.run(id)).toMatchObject({ status: 'cancelled', error_type: 'cancelled' });
    expect((await attempts(id)).map(({ outcome }) => outcome)).toEqual(['lost', 'cancelled']);
  });

  it('that is cancelled in the middle stops its worker soon, and is parsed again when somebody asks', async () => {
    const { id } = await midRun();
    expect((await stack.send('POST', `/v1/runs/${id}/cancel`)).status).toBe(202);
    const active = async () => (await stack.get<{ active_tasks: number }>('/v1/worker/health')).body.active_tasks;
    while ((await active()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await stack.run(id)).toMatchObject({ status: 'cancelled', error_type: 'cancelled' });
    expect((await stack.send('POST', `/v1/runs/${id}/parse`)).status).toBe(202);
    expect((await stack.until(id)).status).toBe('complete');
    expect((await attempts(id)).map(({ outcome }) => outcome)).toEqual(['cancelled', 'complete']);
  });

  it('that takes too long is stopped and says so', async () => {
    await stack.addWorker({ TASK_SOFT_TIME_LIMIT_S: '0.2' });
    const run: Run = await stack.until((await upload(2500)).id);
    expect(run).toMatchObject({ status: 'failed', error_type: 'timeout', error_message: 'Task exceeded time limit' });
  });

  it('is finished by a worker that is told to stop, when that fits its time to drain', async () => {
    const { id, worker } = await midRun({ DRAIN_S: '60' });
    expect(await worker.stop(90_000)).toBe(0);
    expect(await stack.run(id)).toMatchObject({ status: 'complete', retry_count: 0 });
    expect(await attempts(id)).toMatchObject([{ outcome: 'complete' }]);
  });

  it('whose bytes need too much memory is given up after three tries, and they are not parsed again until somebody says so', async () => {
    await stack.addWorker({ WORKER_CHILD_MEMORY_MB: '128' });
    const big = Buffer.from(
      Array.from({ length: 200_000 }, (_, i) => `[stanza ${i}]\nkey${i} = value ${i}\n`).join(''),
    );
    const conf = { type: 'single_conf' };
    const first = await stack.until((await stack.upload(big, 'props.conf', conf)).id);
    expect(first).toMatchObject({ status: 'failed', error_type: 'out_of_memory' });
    expect(first.error_message).toContain('WORKER_CHILD_MEMORY_MB');
    expect((await attempts(first.id)).map(({ outcome }) => outcome)).toEqual(['crashed', 'crashed', 'crashed']);
    const second = await stack.upload(big, 'props.conf', conf);
    expect(second).toMatchObject({ status: 'failed', error_type: 'permanent' });
    expect(second.error_message).toContain(`the last time in run ${first.id}`);
    const refused = await stack.send<Problem>('POST', `/v1/runs/${second.id}/parse`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'archive_quarantined' } });
    const [lift] = /\/v1\/quarantine\/[0-9a-f]{64}/.exec(refused.body.detail) ?? [''];
    expect((await stack.send('DELETE', lift)).status).toBe(204);
    expect((await stack.send<Problem>('DELETE', lift)).body.code).toBe('not_quarantined');
    await Promise.all(stack.workers.splice(0).map((worker) => worker.stop()));
    await stack.addWorker({ WORKER_CHILD_MEMORY_MB: '2048' });
    expect((await stack.send('POST', `/v1/runs/${second.id}/parse`)).status).toBe(202);
    expect((await stack.until(second.id)).status).toBe('complete');
  });
});
