import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { childrenOf } from '@confscope/testing';
import { manyApps, type ManyApps } from './support/many-apps.ts';
import { type Run, Stack } from './support/stack.ts';

/** Waits until these processes have had nothing to do for a while. */
async function untilAtRest(pids: readonly number[]): Promise<void> {
  for (let quiet = 0; quiet < 10; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const states = execFileSync('ps', ['-o', 'stat=', '-p', pids.join()], { encoding: 'utf8' }).trim().split('\n');
    quiet = states.every((state) => state.startsWith('S')) ? quiet + 1 : 0;
  }
}

describe('a run', () => {
  let stack: Stack;
  let apps: ManyApps;
  let seed = 0;
  beforeAll(async () => (stack = await Stack.start({ WORKER_CONCURRENCY: '1' })));
  afterAll(() => stack.stop());
  /** A new content for every spec: what is known is not parsed again. */
  beforeEach(async () => (apps = await manyApps(2500, 25, `s${seed++}`)));

  /** Uploads, and waits until a good part of the work is done and more is left. */
  async function midRun(): Promise<Run> {
    const { id } = await stack.upload(apps.archive, 'etc.tar.gz');
    return stack.until(id, (run) => run.status === 'parsing' && run.progress.files > 0);
  }

  /** The result is whole, and there once. */
  async function expectWhole(run: Run): Promise<void> {
    expect(run).toMatchObject({
      status: 'complete',
      metrics: { conf_files: apps.files, conf_stanzas: apps.stanzas, conf_settings: apps.settings },
    });
    const { body } = await stack.get<{ items: { path: string }[]; total: number }>(`/v1/runs/${run.id}/files`);
    expect(body.total).toBe(apps.files);
  }

  it('whose worker is killed in the middle is taken over and completes with the same counts', async () => {
    const run = await midRun();
    const [worker] = stack.workers.splice(0);
    worker?.signal('SIGKILL');
    await stack.addWorker();
    const done = await stack.until(run.id);
    await expectWhole(done);
    expect(done.retry_count).toBe(0);
    // What the first attempt had stored was found again, not parsed again.
    expect(done.metrics['files_reused']).toBeGreaterThan(0);
  });

  it('whose parsing process is killed in the middle is tried again by the same worker', async () => {
    const run = await midRun();
    const [worker] = stack.workers;
    for (const child of childrenOf(worker?.pid ?? 0)) process.kill(child, 'SIGKILL');
    await expectWhole(await stack.until(run.id));
    expect(worker?.hasEnded).toBe(false);
  });

  it('is handed back at once by a worker that is told to stop, and costs no retry', async () => {
    const run = await midRun();
    const [worker] = stack.workers.splice(0);
    expect(await worker?.stop()).toBe(0);
    expect(await stack.run(run.id)).toMatchObject({ status: 'stored', retry_count: 0 });
    await stack.addWorker();
    const done = await stack.until(run.id);
    await expectWhole(done);
    expect(done.retry_count).toBe(0);
    expect(done.metrics['files_reused']).toBeGreaterThan(0);
  });

  it('survives that Redis is emptied in the middle', async () => {
    const run = await midRun();
    const waiting = await stack.upload(apps.archive, 'again.tar.gz');
    await stack.flushRedis();
    await expectWhole(await stack.until(run.id));
    await expectWhole(await stack.until(waiting.id));
  });

  it('of a worker that was frozen is completed by another, and the late commit of the first is refused', async () => {
    const run = await midRun();
    const [frozen] = stack.workers.splice(0);
    const parent = frozen?.pid ?? 0;
    const children = childrenOf(parent);
    for (const pid of [parent, ...children]) process.kill(pid, 'SIGSTOP');
    await stack.addWorker();
    const done = await stack.until(run.id);
    await expectWhole(done);
    // Nobody tells the parsing processes to stop before they have tried their late commit.
    for (const pid of children) process.kill(pid, 'SIGCONT');
    await untilAtRest(children);
    process.kill(parent, 'SIGCONT');
    const refused = async () => /^fenced_writes_total(?:\{.*\})? [1-9]/m.test((await frozen?.metrics()) ?? '');
    while (!(await refused())) await new Promise((resolve) => setTimeout(resolve, 50));
    // It comes back, finds that the run is not its own any more, and goes on as an ordinary worker.
    const next = await stack.until((await stack.upload(apps.archive, 'next.tar.gz')).id);
    await expectWhole(next);
    expect(await stack.run(run.id)).toEqual(done);
    expect(await frozen?.stop()).toBe(0);
  });

  it('uploaded while Redis is away is parsed when it is back', async () => {
    await stack.redis.stop();
    const { id } = await stack.upload(apps.archive, 'etc.tar.gz');
    expect((await stack.run(id)).status).toBe('stored');
    await stack.redis.restart();
    await expectWhole(await stack.until(id));
  });
});

describe('a run that kills its process again and again', () => {
  it('is given up after three times, and says so', async () => {
    const apps = await manyApps(2500, 25, 'poison');
    const stack = await Stack.start({ WORKER_CONCURRENCY: '1' });
    try {
      const { id } = await stack.upload(apps.archive, 'etc.tar.gz');
      const [worker] = stack.workers;
      let ended = false;
      const done = stack.until(id).finally(() => (ended = true));
      while (!ended) {
        const run = await stack.run(id);
        if (run.status === 'parsing') for (const child of childrenOf(worker?.pid ?? 0)) process.kill(child, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const run = await done;
      expect(run).toMatchObject({ status: 'failed', error_type: 'crash' });
      expect(run.error_message).toContain('died 3 times');
      expect(worker?.hasEnded).toBe(false);
    } finally {
      await stack.stop();
    }
  });
});

describe('a run whose archive cannot be reached', () => {
  it('waits for the storage also when its parsing process started without it, and completes when it is back', async () => {
    const apps = await manyApps(20, 5, 'away');
    const stack = await Stack.start({}, 0);
    try {
      const { id } = await stack.upload(apps.archive, 'etc.tar.gz');
      const unwanted = await stack.upload(apps.archive, 'unwanted.tar.gz');
      await rename(stack.storage, `${stack.storage}-away`);
      expect((await stack.send('DELETE', `/v1/runs/${unwanted.id}`)).status).toBe(204);
      // It is not ready while it cannot reach what it needs, and takes nothing.
      const worker = stack.addWorker();
      for (let reason = ''; reason !== 'workers_waiting';)
        reason = (await stack.get<{ reason: string }>(`/v1/runs/${id}/explain`)).body.reason;
      const refused = stack.upload(apps.archive, 'etc.tar.gz');
      await expect(refused).rejects.toThrow('storage_unavailable');
      // Nothing was made in its place, which would have hidden that it is away.
      expect(existsSync(stack.storage)).toBe(false);
      await rename(`${stack.storage}-away`, stack.storage);
      await worker;
      const done = await stack.until(id);
      expect(done).toMatchObject({ status: 'complete', retry_count: 0, metrics: { conf_files: apps.files } });
      // What could not be deleted is, now that it can be.
      while ((await stack.blobs()).includes(String(unwanted.id)))
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await stack.blobs()).toEqual([String(id)]);
    } finally {
      await stack.stop();
    }
  });
});
