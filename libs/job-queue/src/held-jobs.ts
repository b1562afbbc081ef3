import type { QueueName } from '@confscope/domain';
import type { Redis } from 'ioredis';
import { type Delivery, LeaseLost, ShuttingDown } from './delivery.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';
import { beatScript, settleScript } from './queue-scripts.ts';
import type { Settlement } from './settlement.ts';

interface Held {
  delivery: Delivery;
  abort: AbortController;
}

/** The messages this worker holds: refreshed while it works on them, settled when it is done. */
export class HeldJobs {
  readonly #held = new Map<string, Held>();
  readonly #redis: Redis;
  readonly #consumer: string;

  constructor(redis: Redis, consumer: string) {
    this.#redis = redis;
    this.#consumer = consumer;
  }

  get size(): number {
    return this.#held.size;
  }

  deliveries(): Delivery[] {
    return [...this.#held.values()].map((held) => held.delivery);
  }

  has(queue: QueueName, entryId: string): boolean {
    return this.#held.has(`${queue}/${entryId}`);
  }

  add(entry: Omit<Delivery, 'signal' | 'since'>): Delivery {
    const abort = new AbortController();
    const delivery: Delivery = { ...entry, since: Date.now(), signal: abort.signal };
    this.#held.set(`${entry.queue}/${entry.entryId}`, { delivery, abort });
    return delivery;
  }

  remove({ queue, entryId }: Delivery): void {
    this.#held.delete(`${queue}/${entryId}`);
  }

  /** Refreshes every message; tells the ones that are ours no longer. Throws when Redis is away: they are tried again. */
  async beat(): Promise<void> {
    await Promise.all(
      [...this.#held.values()].map(async ({ delivery, abort }) => {
        const keys = [streamKey(delivery.queue)];
        const reply = await beatScript.run(this.#redis, keys, [GROUP, this.#consumer, delivery.entryId]);
        if (reply === 'not-yours' && this.has(delivery.queue, delivery.entryId)) abort.abort(new LeaseLost());
      }),
    );
  }

  /**
   * Acknowledges, reschedules or hands back a message.
   *
   * @param payload what to put back, for a retry or a hand-back
   * @returns false when another worker holds the message: nothing was changed
   */
  async settle(entry: Pick<Delivery, 'queue' | 'entryId'>, payload: string, settlement: Settlement): Promise<boolean> {
    const delayMs = settlement.kind === 'retry' ? Math.max(0, Math.ceil(settlement.delayMs)) : 0;
    const keys = [streamKey(entry.queue), DELAYED_KEY];
    const args = [GROUP, this.#consumer, entry.entryId, settlement.kind, payload, delayMs];
    return (await settleScript.run(this.#redis, keys, args)) === 'settled';
  }

  /** Asks every job in hand to stop, so that its message can be handed back. */
  shutDown(): void {
    for (const { abort } of this.#held.values()) abort.abort(new ShuttingDown());
  }
}
