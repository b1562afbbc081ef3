import type { Redis } from 'ioredis';
import { type Delivery, LeaseLost, type MessagePlace, ShuttingDown } from './delivery.ts';
import { DELAYED_KEY, GROUP, streamKey } from './queue-keys.ts';
import { beatScript, giveBackScript } from './queue-scripts.ts';
import type { GiveBack } from './settlement.ts';

interface Held {
  delivery: Delivery;
  abort: AbortController;
}

/** The messages this worker holds: refreshed while it works on them. */
export class HeldJobs {
  readonly #held = new Map<string, Held>();
  /** Messages whose handler failed: they stay as they are until their lease is over. */
  readonly #abandoned = new Set<string>();
  readonly #redis: Redis;
  readonly #consumer: string;
  readonly #leaseMs: number;

  constructor(redis: Redis, consumer: string, leaseMs: number) {
    this.#redis = redis;
    this.#consumer = consumer;
    this.#leaseMs = leaseMs;
  }

  get size(): number {
    return this.#held.size;
  }

  deliveries(): Delivery[] {
    return [...this.#held.values()].map((held) => held.delivery);
  }

  has(place: MessagePlace): boolean {
    return this.#held.has(keyOf(place));
  }

  /** Whether this process knows of the message; one it does not know of was delivered into a broken connection. */
  knows(place: MessagePlace): boolean {
    return this.has(place) || this.#abandoned.has(keyOf(place));
  }

  add(entry: Omit<Delivery, 'signal' | 'since'>): Delivery {
    const abort = new AbortController();
    const delivery: Delivery = { ...entry, since: Date.now(), signal: abort.signal };
    this.#held.set(keyOf(entry), { delivery, abort });
    this.#abandoned.delete(keyOf(entry));
    return delivery;
  }

  remove(delivery: Delivery): void {
    this.#held.delete(keyOf(delivery));
  }

  /** Leaves the message alone until its lease is over: its handler failed, and would fail again at once. */
  abandon(delivery: Delivery): void {
    this.remove(delivery);
    this.#abandoned.add(keyOf(delivery));
    setTimeout(() => this.#abandoned.delete(keyOf(delivery)), this.#leaseMs).unref();
  }

  /** Refreshes every message; tells the ones that are ours no longer. Throws when Redis is away: they are tried again. */
  async beat(): Promise<void> {
    await Promise.all(
      [...this.#held.values()].map(async ({ delivery, abort }) => {
        const keys = [streamKey(delivery.queue)];
        const reply = await beatScript.run(this.#redis, keys, [GROUP, this.#consumer, delivery.entryId]);
        if (reply === 'not-yours' && this.has(delivery)) abort.abort(new LeaseLost());
      }),
    );
  }

  /**
   * Reschedules, hands back or releases a message.
   *
   * @param payload what to put back, for a retry or a hand-back
   * @returns false when another worker holds the message: nothing was changed
   */
  async giveBack(place: MessagePlace, payload: string, how: GiveBack): Promise<boolean> {
    const ms = how.kind === 'retry' ? Math.max(0, Math.ceil(how.delayMs)) : this.#leaseMs;
    const keys = [streamKey(place.queue), DELAYED_KEY];
    const args = [GROUP, this.#consumer, place.entryId, how.kind, payload, ms];
    return (await giveBackScript.run(this.#redis, keys, args)) === 'given-back';
  }

  /** Asks every job in hand to stop, so that its message can be handed back. */
  shutDown(): void {
    for (const { abort } of this.#held.values()) abort.abort(new ShuttingDown());
  }
}

const keyOf = ({ queue, entryId }: MessagePlace): string => `${queue}/${entryId}`;
