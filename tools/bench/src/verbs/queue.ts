import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRedis, type Delivery, JobConsumer, JobProducer, type Settlement } from '@confscope/job-queue';
import type { Figure } from '../report.ts';
import { timed } from '../stack/baselines.ts';
import { bullmqMs } from '../stack/bullmq-jobs.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { Stack } from '../stack/stack.ts';
import { median, quantile, spread } from '../statistics.ts';

const CONCURRENCY = 8;
const JOBS = 4_000;
const IDLE_JOBS = 300;
const TRIVIAL_RUNS = 400;
const UPLOADS_AT_ONCE = 32;
const BASELINE_STREAM = '{bench}:stream';
const DONE: Settlement = { kind: 'done' };

/** The queue: jobs that do nothing, how soon a job of an idle system starts, and the smallest runs from end to end. */
export async function benchQueue(servers: BenchServers, rounds: number): Promise<Figure[]> {
  const bare: number[] = [];
  const bullmq: number[] = [];
  const noops: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    bare.push(JOBS / (await bareStreamMs(servers.redis.url)));
    bullmq.push(JOBS / (await bullmqMs(servers.redis.url, JOBS, CONCURRENCY)));
    noops.push(JOBS / (await noopMs(servers.redis.url)));
  }
  const waits = await idleWaits(servers.redis.url);
  const trivial = await trivialRunsPerSecond(servers);
  const perSecond = (values: readonly number[]): number => median(values.slice(1)) * 1000;
  return [
    {
      id: 'queue/bare-stream',
      what: 'baseline: XADD, XREADGROUP, XACK, one at a time',
      value: perSecond(bare),
      unit: '/s',
      spread: spread(bare.slice(1)),
    },
    {
      id: 'queue/bullmq',
      what: `baseline: BullMQ, jobs that do nothing, concurrency ${CONCURRENCY}`,
      value: perSecond(bullmq),
      unit: '/s',
      spread: spread(bullmq.slice(1)),
    },
    {
      id: 'queue/noop',
      what: `jobs that do nothing, concurrency ${CONCURRENCY}`,
      value: perSecond(noops),
      unit: '/s',
      ratio: {
        to: 'BullMQ',
        value: median(noops.slice(1).map((rate, i) => rate / (bullmq[i + 1] ?? NaN))),
      },
      bar: { least: 1 },
      spread: spread(noops.slice(1)),
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
      value: trivial,
      unit: '/s',
      bar: { least: 300 },
    },
  ];
}

/** The least that any queue on streams does for a job: enter it, deliver it, acknowledge it. */
async function bareStreamMs(url: string): Promise<number> {
  const redis = connectRedis(url, 'bench-baseline');
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
  redis.disconnect();
  return ms;
}

async function noopMs(url: string): Promise<number> {
  let done = 0;
  const all = Promise.withResolvers<void>();
  const handler = (): Promise<Settlement> => {
    if (++done === JOBS) all.resolve();
    return Promise.resolve(DONE);
  };
  return withQueue(url, handler, (producer) =>
    timed(async () => {
      await producer.enqueueAll(Array.from({ length: JOBS }, (_, i) => ({ job: jobOf(i), delayMs: 0 })));
      await all.promise;
    }),
  );
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

/** From the first upload to the last commit, through HTTP, PostgreSQL, Redis and the parsing processes. */
async function trivialRunsPerSecond(servers: BenchServers): Promise<number> {
  const stack = await Stack.start(servers, { WORKER_CONCURRENCY: String(CONCURRENCY) });
  const file = join(servers.folder, 'inputs.conf');
  writeFileSync(file, '[monitor:///var/log/messages]\nindex = main\nsourcetype = syslog\n');
  try {
    const run = async (count: number): Promise<void> => {
      const ids: number[] = [];
      let left = count;
      const uploader = async (): Promise<void> => {
        while (left-- > 0) ids.push(await stack.upload(file, 'inputs.conf', { type: 'single_conf' }));
      };
      await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, uploader));
      await stack.allCompleted(ids);
    };
    await run(TRIVIAL_RUNS / 4);
    return (TRIVIAL_RUNS * 1000) / (await timed(() => run(TRIVIAL_RUNS)));
  } finally {
    await stack.stop();
  }
}

function jobOf(runId: number) {
  return { runId, taskId: randomUUID(), queue: 'default' as const, traceparent: null };
}
