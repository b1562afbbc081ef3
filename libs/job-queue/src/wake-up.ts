import { Redis } from './redis-client.ts';

/** How much longer than its block a read may take before its connection counts as dead. */
const GRACE_MS = 3_000;

/**
 * Waits until a stream has something new, on a connection of its own. The read delivers nothing, so a wait that is
 * given up, or whose answer is lost with its socket, loses no message.
 */
export class WakeUp {
  readonly #url: string;
  readonly #name: string;
  #redis: Redis | undefined;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
  }

  /**
   * Returns when one of the streams has an entry after its id, after `blockMs`, or when the signal aborts.
   *
   * @returns whether there is something new
   */
  async wait(streams: string[], lastIds: string[], blockMs: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const redis = (this.#redis ??= this.#connection());
    const giveUp = () => this.close();
    const guard = setTimeout(giveUp, blockMs + GRACE_MS);
    signal.addEventListener('abort', giveUp);
    try {
      return (await redis.xread('COUNT', 1, 'BLOCK', blockMs, 'STREAMS', ...streams, ...lastIds)) !== null;
    } catch (error) {
      this.close();
      if (!signal.aborted) throw error;
      return false;
    } finally {
      clearTimeout(guard);
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Destroys the socket; a wait in progress ends at once. */
  close(): void {
    this.#redis?.disconnect();
    this.#redis = undefined;
  }

  #connection(): Redis {
    const redis = new Redis(this.#url, {
      connectionName: `${this.#name}-wake-up`,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      connectTimeout: 5_000,
      retryStrategy: () => null,
      // A wait that is given up destroys its socket; there is nothing left to say on it.
      disconnectTimeout: 0,
    });
    redis.on('error', () => undefined);
    return redis;
  }
}
