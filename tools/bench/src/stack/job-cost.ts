import type { Redis } from 'ioredis';

/** What jobs cost a queue that do nothing. */
export interface JobCost {
  perSecond: number;
  /** Processor time for one job, of this process and of Redis, in µs. */
  cpuMicros: number;
}

/** Measures a piece of work that takes so many jobs from their entry to their end. `redis` asks the server they go through. */
export async function jobCost(redis: Redis, jobs: number, work: () => Promise<unknown>): Promise<JobCost> {
  const serverBefore = await serverCpuMicros(redis);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const server = (await serverCpuMicros(redis)) - serverBefore;
  return { perSecond: jobs / seconds, cpuMicros: (user + system + server) / jobs };
}

async function serverCpuMicros(redis: Redis): Promise<number> {
  const text = await redis.info('cpu');
  const secondsOf = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
  return (secondsOf('used_cpu_user') + secondsOf('used_cpu_sys')) * 1e6;
}
