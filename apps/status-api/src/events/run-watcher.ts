import type { RunRow } from '@confscope/persistence';
import { Loop } from '@confscope/service-kit';

/** How often the watched runs are looked at: twice as often as people notice, and one question for all of them. */
const LOOK_EVERY_MS = 500;

/** Called with the run at every look; null when it has been deleted. */
export type RunListener = (run: RunRow | null) => void;

/**
 * Looks at the runs that somebody watches. However many watch, and whatever runs, it is one question at a time; when
 * nobody does, none is asked.
 */
export class RunWatcher {
  readonly #listeners = new Map<number, Set<RunListener>>();
  #loop: Loop | undefined;

  constructor(
    private readonly find: (runIds: number[]) => Promise<RunRow[]>,
    private readonly onError: (error: unknown, where: string) => void,
  ) {}

  /** How many watch now. */
  get watchers(): number {
    return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }

  /** Tells the listener of the run until the returned function is called. */
  watch(runId: number, listener: RunListener): () => void {
    const listeners = this.#listeners.get(runId) ?? new Set();
    this.#listeners.set(runId, listeners.add(listener));
    this.#loop ??= new Loop({ name: 'watch runs', everyMs: LOOK_EVERY_MS, onError: this.onError }, () =>
      this.look(),
    ).start();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(runId) === listeners) this.#listeners.delete(runId);
      if (this.#listeners.size > 0) return;
      void this.#loop?.stop();
      this.#loop = undefined;
    };
  }

  /** Looks once, beside the regular looks. */
  async look(): Promise<void> {
    const ids = [...this.#listeners.keys()];
    if (ids.length === 0) return;
    const found = new Map((await this.find(ids)).map((run) => [run.id, run]));
    for (const id of ids) for (const listener of this.#listeners.get(id) ?? []) listener(found.get(id) ?? null);
  }
}
