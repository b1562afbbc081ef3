import type { QueueName } from '@confscope/domain';
import type { Delivery } from './delivery.ts';

export interface JobConsumerOptions {
  url: string;
  /** Name in the consumer group; unique to this process. */
  consumer: string;
  queues: readonly QueueName[];
  /** Jobs run at once. */
  concurrency: number;
  /** A message whose holder is silent for this long may be taken over. */
  leaseMs: number;
  /** How often held messages are refreshed; well below the lease. */
  heartbeatMs: number;
  /** A waiting job of this age gets a turn before more urgent ones now and then. */
  starvedMs?: number;
  /** How long jobs in hand may go on to their end when the consumer stops, before they are asked to stop too. */
  drainMs?: number;
}

export interface JobConsumerEvents {
  /** Something failed that the consumer itself recovers from. */
  onError: (error: unknown, where: string) => void;
  /** Streams or groups were missing and were made anew: whatever they held must be dispatched again. */
  onIndexLost: () => void;
  /** A message was taken over from a silent worker. */
  onReclaimed: (delivery: Delivery) => void;
  /** Messages that only Redis knew to be ours were given up, to be taken over. */
  onPhantoms?: (count: number) => void;
  /** A message came into our hands, or left them. */
  onHeldChanged?: () => void;
  /** An entry that is no job of ours was dropped. */
  onRubbish: (entryId: string, queue: QueueName) => void;
}
