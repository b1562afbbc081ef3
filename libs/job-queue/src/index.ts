export { type Delivery, LeaseLost, ShuttingDown } from './delivery.ts';
export { JobConsumer } from './job-consumer.ts';
export type { JobConsumerEvents, JobConsumerOptions } from './job-consumer-options.ts';
export { JobProducer } from './job-producer.ts';
export { JobQueueClient } from './nest/job-queue.client.ts';
export { JobContext, JobQueueServer, KeepErrorFilter } from './nest/job-queue.server.ts';
export {
  delayedJobs,
  type DispatchedTask,
  dispatchedTasks,
  indexSize,
  type QueueDepth,
  queueDepth,
} from './queue-census.ts';
export { locateTask, type TaskPlace } from './locate-task.ts';
export { PARSE } from './queue-keys.ts';
export { connectRedis } from './redis-connection.ts';
export type { Settlement } from './settlement.ts';
export { announceWorker, liveWorkers, retireWorker, WORKER_BEAT_MS, type WorkerInfo } from './worker-registry.ts';
export { type RedisVitals, redisVitals } from './redis-vitals.ts';
