import { QUEUES, type QueueName } from '@confscope/domain';

/** All keys share one hash tag, so that every script also runs on Redis Cluster. */
const TAG = '{confscope}';

export const streamKey = (queue: QueueName): string => `${TAG}:queue:${queue}`;
export const queueOfStream = (stream: string): QueueName | undefined => QUEUES.find((q) => streamKey(q) === stream);
export const DELAYED_KEY = `${TAG}:delayed`;
/** Sorted set: worker name by the time it was last seen, in ms. */
export const WORKERS_KEY = `${TAG}:workers`;
export const workerKey = (name: string): string => `${TAG}:worker:${name}`;

/** The consumer group of all workers. */
export const GROUP = 'parse-worker';

/** The message pattern of parse jobs, and the first part of a queue's name in traces. */
export const PARSE = 'parse';
