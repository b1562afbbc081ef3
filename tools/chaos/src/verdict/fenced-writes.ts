import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../system/service.ts';

const LOOK_EVERY_MS = 1_000;

/** Reads the count out of what a worker tells of itself. */
export function fencedWritesIn(metrics: string): number {
  return [...metrics.matchAll(/^fenced_writes_total(?:\{[^}]*\})? (\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
}

/**
 * Counts the late writes that the fence refused. Each process counts from zero and its count dies with it, so they are
 * asked all the time: what is counted here did happen, and a little more may have.
 */
export class FencedWrites {
  readonly #workers: readonly Service[];
  readonly #counts = new Map<number, number>();
  #watching = true;
  readonly #watches: Promise<void>[];

  constructor(workers: readonly Service[]) {
    this.#workers = workers;
    this.#watches = workers.map((worker) => this.#watch(worker));
  }

  /** Looks for the last time; the count of all processes there were. */
  async end(): Promise<number> {
    this.#watching = false;
    await Promise.all(this.#watches);
    await Promise.all(this.#workers.map((worker) => this.#look(worker)));
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  async #watch(worker: Service): Promise<void> {
    for (; this.#watching; await sleep(LOOK_EVERY_MS)) await this.#look(worker);
  }

  async #look(worker: Service): Promise<void> {
    const { pid } = worker;
    const text = await fetch(`${worker.url}/metrics`, { signal: AbortSignal.timeout(2 * LOOK_EVERY_MS) })
      .then((response) => response.text())
      .catch(() => null);
    if (text !== null && pid !== undefined && pid === worker.pid) this.#counts.set(pid, fencedWritesIn(text));
  }
}
