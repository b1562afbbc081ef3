import type { JobEnvelope, QueueName } from '@confscope/domain';

/** Why a delivery's signal aborts: another worker holds its message now, so nothing of it may be written any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor() {
    super('Another worker has taken over this job.');
  }
}

/** Why a delivery's signal aborts: this worker shuts down and wants to hand its jobs back. */
export class ShuttingDown extends Error {
  override readonly name = 'ShuttingDown';
  constructor() {
    super('The worker is shutting down.');
  }
}

/** Where a message is. */
export interface MessagePlace {
  readonly queue: QueueName;
  readonly entryId: string;
}

/** One message in the hands of this worker. */
export interface Delivery extends MessagePlace {
  readonly job: JobEnvelope;
  /** The message was taken over from a worker that fell silent. */
  readonly reclaimed: boolean;
  /** When this worker took it, in ms since the epoch. */
  readonly since: number;
  /** Aborts with {@link LeaseLost} or {@link ShuttingDown}. */
  readonly signal: AbortSignal;
}
