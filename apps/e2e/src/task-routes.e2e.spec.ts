import { tarGzOf } from '@confscope/testing';
import { type Run, Stack } from './support/stack.ts';

describe('the queue of an upload', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await Stack.start({ TASK_ROUTES: 'ds_etc=low,app_bundle=high' }, 0)));
  afterAll(() => stack.stop());

  const queueOf = async (id: number) => (await stack.get<Run & { queue: string }>(`/v1/runs/${id}`)).body.queue;

  it('is the one of its type in TASK_ROUTES, unless it asks for another, and its workers alone take it', async () => {
    const archive = await tarGzOf([{ path: 'etc/apps/a/local/server.conf', content: '[general]\na = 1\n' }]);
    const upload = async (fields: Record<string, string>) => (await stack.upload(archive, 'etc.tgz', fields)).id;
    const low = await upload({ type: 'ds_etc' });
    const high = await upload({ type: 'app_bundle' });
    // Types that are not named keep what they have by default.
    const standard = await upload({ type: 'instance_etc' });
    const single = await stack.upload(Buffer.from('[a]\nb = 1\n'), 'props.conf', { type: 'single_conf' });
    const asked = await upload({ type: 'ds_etc', queue: 'default' });
    const ids = [low, high, standard, single.id, asked];
    expect(await Promise.all(ids.map(queueOf))).toEqual(['low', 'high', 'default', 'high', 'default']);

    const worker = await stack.addWorker({ WORKER_QUEUES: 'low' });
    expect((await stack.until(low)).status).toBe('complete');
    for (const id of [high, standard, single.id, asked])
      expect((await stack.get(`/v1/runs/${id}/explain`)).body).toMatchObject({ status: 'stored', reason: 'no_worker' });
    await stack.addWorker({ WORKER_QUEUES: 'high,default' });
    for (const id of [high, standard, single.id, asked]) expect((await stack.until(id)).status).toBe('complete');
    expect(worker.hasEnded).toBe(false);
  });

  it('is one of three', async () => {
    const refused = stack.upload(Buffer.from('[a]\n'), 'props.conf', { type: 'single_conf', queue: 'express' });
    await expect(refused).rejects.toThrow('high, default, low');
  });
});
