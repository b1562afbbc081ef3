import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRedis, type Delivery, JobConsumer, JobProducer, type Settlement } from '@confscope/job-queue';
import type { Redis } from 'ioredis';
import type { Figure } from '../report.ts';
import { timed } from '../stack/baselines.ts';
import { bullmqCost } from '../stack/bullmq-jobs.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { type JobCost, jobCost } from '../stack/job-cost.ts';
import { Stack } from '../stack/stack.ts';
import { median, quantile, spread } from '../statistics.ts';

const CONCURRENCY = 8;
const JOBS = 10_000;
const IDLE_JOBS = 300;
const TRIVIAL_RUNS = 1200;
const UPLOADS_AT_ONCE = 32;
const BASELINE_STREAM = '{bench}:stream';
const DONE: Settlement = { kind: 'done' };

/** The queue: jobs that do nothing, how soon a job of an idle system starts, and the smallest runs from end to end. */
export async function benchQueue(servers: BenchServers, rounds: number): Promise<Figure[]> {
  const { url } = servers.redis;
  const redis = connectRedis(url, 'bench-baseline');
  const rates: number[] = [];
  const theirs: JobCost[] = [];
  const ours: JobCost[] = [];
  for (let round = 0; round <= rounds; round++) {
    rates.push(JOBS / (await bareStreamMs(redis)));
    theirs.push(await bullmqCost(redis, url, JOBS, CONCURRENCY));
    ours.push(await noopCost(redis, url));
  }
  redis.disconnect();
  const waits = await idleWaits(url);
  const trivial = await trivialRunsPerSecond(servers);
  // The first round warms up.
  const bare = rates.slice(1).map((rate) => rate * 1000);
  const of = (costs: readonly JobCost[], what: keyof JobCost): number[] => costs.slice(1).map((cost) => cost[what]);
  const toBullmq = (what: keyof JobCost): { to: string; value: number } => ({
    to: 'BullMQ',
    value: median(of(ours, what).map((cost, i) => cost / (of(theirs, what)[i] ?? NaN))),
  });
  return [
    {
      id: 'queue/bare-stream',
      what: 'baseline: XADD, XREADGROUP, XACK, one at a time',
      value: median(bare),
      unit: '/s',
      spread: spread(bare),
    },
    {
      id: 'queue/bullmq',
      what: `baseline: BullMQ, jobs that do nothing, concurrency ${CONCURRENCY}`,
      value: median(of(theirs, 'perSecond')),
      unit: '/s',
      spread: spread(of(theirs, 'perSecond')),
    },
    {
      id: 'queue/noop',
      what: `jobs that do nothing, concurrency ${CONCURRENCY}`,
      value: median(of(ours, 'perSecond')),
      unit: '/s',
      ratio: toBullmq('perSecond'),
      bar: { least: 1 },
      spread: spread(of(ours, 'perSecond')),
    },
    {
      id: 'queue/noop-cpu',
      what: 'processor time of such a job, with that of Redis',
      value: median(of(ours, 'cpuMicros')),
      unit: 'µs',
      ratio: toBullmq('cpuMicros'),
      spread: spread(of(ours, 'cpuMicros')),
    },
    {
      id: 'queue/wait-p50',
      what: 'enqueue to start, idle, p50',
      value: quantile(waits, 0.5),
      unit: 'ms',
      bar: { most: 5 },
    },
    {
      id: 'queue/wait-p99',
      what: 'enqueue to start, idle, p99',
      value: quantile(waits, 0.99),
      unit: 'ms',
      bar: { most: 30 },
    },
    {
      id: 'queue/trivial-runs',
      what: `uploads of one small file to their commit, concurrency ${CONCURRENCY}`,
      value: trivial.same,
      unit: '/s',
      bar: { least: 300 },
    },
    {
      id: 'queue/trivial-runs-new',
      what: `the same, another file each time, concurrency ${CONCURRENCY}`,
      value: trivial.others,
      unit: '/s',
    },
  ];
}

/** The least that any queue on streams does for a job: enter it, deliver it, acknowledge it. */
async function bareStreamMs(redis: Redis): Promise<number> {
  await redis.del(BASELINE_STREAM);
  await redis.xgroup('CREATE', BASELINE_STREAM, 'g', '0', 'MKSTREAM');
  const body = JSON.stringify(jobOf(1));
  const ms = await timed(async () => {
    await Promise.all(Array.from({ length: JOBS }, () => redis.xadd(BASELINE_STREAM, '*', 'job', body)));
    for (let done = 0; done < JOBS; done++) {
      const reply = (await redis.xreadgroup('GROUP', 'g', 'c', 'COUNT', 1, 'STREAMS', BASELINE_STREAM, '>')) as
        [string, [string, string[]][]][] | null;
      await redis.xack(BASELINE_STREAM, 'g', reply?.[0]?.[1][0]?.[0] ?? '');
    }
  });
  await redis.del(BASELINE_STREAM);
  return ms;
}

/** Like BullMQ's, entered all at once after one that has made everything ready. */
async function noopCost(redis: Redis, url: string): Promise<JobCost> {
  let left = 0;
  let ended: () => void = () => undefined;
  const handler = (): Promise<Settlement> => {
    if (--left === 0) ended();
    return Promise.resolve(DONE);
  };
  return withQueue(url, handler, async (producer) => {
    const run = async (count: number): Promise<void> => {
      left = count;
      const allEnded = new Promise<void>((resolve) => (ended = resolve));
      await producer.enqueueAll(Array.from({ length: count }, (_, i) => ({ job: jobOf(i), delayMs: 0 })));
      await allEnded;
    };
    await run(1);
    return jobCost(redis, JOBS, () => run(JOBS));
  });
}

/** One job at a time, each put when nothing else goes on. */
async function idleWaits(url: string): Promise<number[]> {
  let started: (at: number) => void = () => undefined;
  const handler = (): Promise<Settlement> => {
    started(performance.now());
    return Promise.resolve(DONE);
  };
  return withQueue(url, handler, async (producer) => {
    const waits: number[] = [];
    for (let i = 0; i <= IDLE_JOBS; i++) {
      const start = new Promise<number>((resolve) => (started = resolve));
      const put = performance.now();
      await producer.enqueue(jobOf(i));
      waits.push((await start) - put);
    }
    return waits.slice(1);
  });
}

async function withQueue<T>(
  url: string,
  handler: (delivery: Delivery) => Promise<Settlement>,
  work: (producer: JobProducer) => Promise<T>,
): Promise<T> {
  const producer = new JobProducer(url, 'bench-producer');
  await producer.connect();
  const consumer = new JobConsumer(
    {
      url,
      consumer: `bench-${randomUUID()}`,
      queues: ['high', 'default', 'low'],
      concurrency: CONCURRENCY,
      leaseMs: 60_000,
      heartbeatMs: 5_000,
    },
    {
      onError: (error) => console.error(error),
      onIndexLost: () => undefined,
      onReclaimed: () => undefined,
      onRubbish: () => undefined,
    },
  );
  consumer.start(handler);
  try {
    return await work(producer);
  } finally {
    await consumer.stop();
    producer.close();
  }
}

/** From the first upload to the last commit, through HTTP, PostgreSQL and Redis; files that are new take a parsing process. */
async function trivialRunsPerSecond(servers: BenchServers): Promise<{ same: number; others: number }> {
  const stack = await Stack.start(servers, { WORKER_CONCURRENCY: String(CONCURRENCY) });
  let written = 0;
  const write = (name: string): string => {
    const file = join(servers.folder, `${name}.conf`);
    writeFileSync(file, `[monitor:///var/log/messages]\nindex = main\nsourcetype = syslog${written++}\n`);
    return file;
  };
  /** Each of those who upload at once asks for the next file. */
  const run = async (count: number, next: (uploader: number) => string): Promise<void> => {
    const ids: number[] = [];
    let left = count;
    const uploader = async (at: number): Promise<void> => {
      while (left-- > 0) ids.push(await stack.upload(next(at), 'inputs.conf', { type: 'single_conf' }));
    };
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, (_, at) => uploader(at)));
    await stack.allCompleted(ids);
  };
  const perSecond = async (next: (uploader: number) => string): Promise<number> => {
    await run(TRIVIAL_RUNS / 4, next);
    return (TRIVIAL_RUNS * 1000) / (await timed(() => run(TRIVIAL_RUNS, next)));
  };
  try {
    const file = write('same');
    return { same: await perSecond(() => file), others: await perSecond((uploader) => write(`other-${uploader}`)) };
  } finally {
    await stack.stop();
  }
}

function jobOf(runId: number) {
  return { runId, taskId: randomUUID(), queue: 'default' as const, traceparent: null };
}
