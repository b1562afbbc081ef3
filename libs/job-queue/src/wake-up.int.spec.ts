import { randomUUID } from 'node:crypto';
import { testSetting } from '@confscope/testing';
import { Redis } from 'ioredis';
import { WakeUp } from './wake-up.ts';

describe('the wait for work', () => {
  const url = testSetting('CONFSCOPE_TEST_REDIS_URL');
  let redis: Redis;
  let wakeUp: WakeUp;
  const never = new AbortController().signal;
  beforeEach(() => {
    redis = new Redis(url);
    wakeUp = new WakeUp(url, 'spec');
  });
  afterEach(() => {
    wakeUp.close();
    redis.disconnect();
  });

  const key = () => `{wake-up}:${randomUUID()}`;

  it('ends when any of the streams gets an entry', async () => {
    const [a, b] = [key(), key()];
    const waiting = wakeUp.wait([a, b], ['0-0', '0-0'], 60_000, never);
    await redis.xadd(b, '*', 'x', '1');
    expect(await waiting).toBe(true);
  });

  it('sees an entry that came between the take and the wait', async () => {
    const stream = key();
    await redis.xadd(stream, '*', 'x', '1');
    expect(await wakeUp.wait([stream], ['0-0'], 60_000, never)).toBe(true);
  });

  it('ends with nothing when its time is over', async () => {
    expect(await wakeUp.wait([key()], ['0-0'], 20, never)).toBe(false);
  });

  it('ends at once when it is asked to, and can wait again', async () => {
    const stop = new AbortController();
    const waiting = wakeUp.wait([key()], ['0-0'], 60_000, stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
    expect(await wakeUp.wait([key()], ['0-0'], 20, never)).toBe(false);
  });

  it('reports a server that refuses, instead of waiting for ever', async () => {
    const nobody = new WakeUp('redis://127.0.0.1:1', 'spec');
    await expect(nobody.wait([key()], ['0-0'], 60_000, never)).rejects.toThrow();
  });
});
