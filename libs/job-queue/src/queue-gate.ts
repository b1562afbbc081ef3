import { QUEUES, type QueueName } from '@confscope/domain';

/** Which queues jobs may be taken from now, and a way to hear that this has changed. */
export class QueueGate {
  #open: readonly QueueName[];
  #changed = new AbortController();

  constructor(queues: readonly QueueName[]) {
    this.#open = inOrder(queues);
  }

  /** The open queues, most urgent first. */
  get open(): readonly QueueName[] {
    return this.#open;
  }

  /** Aborts when the open queues are others than now. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  /** Opens these queues and closes all others. */
  set(queues: readonly QueueName[]): void {
    const open = inOrder(queues);
    if (open.join() === this.#open.join()) return;
    this.#open = open;
    const before = this.#changed;
    this.#changed = new AbortController();
    before.abort();
  }
}

const inOrder = (queues: readonly QueueName[]): QueueName[] => QUEUES.filter((queue) => queues.includes(queue));
