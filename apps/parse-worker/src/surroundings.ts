import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@confscope/persistence';
import { Loop } from '@confscope/service-kit';

/** One thing that every run needs. */
export interface Surrounding {
  /** As people call it. */
  name: string;
  /** Throws when it cannot be reached; returns what to call it when it is there and of no use. */
  check: () => Promise<string | void>;
}

/** A server that takes no writes, as a standby after a failover, is of no use to a worker. */
export function postgresAsSurrounding(database: Pick<Database, 'isReadOnly'>): Surrounding {
  return {
    name: 'PostgreSQL',
    check: async () => ((await database.isReadOnly()) ? 'PostgreSQL for writing' : undefined),
  };
}

export interface SurroundingsOptions {
  /** What cannot be reached has changed: nothing, when the list is empty. */
  onChange: (away: readonly string[]) => void;
  onError: (error: unknown, where: string) => void;
  /** How often all of it is checked while it can be reached, and how often while it cannot. */
  calmMs?: number;
  awayMs?: number;
}

const CALM_MS = 10_000;
const AWAY_MS = 1_000;
/** Whoever does not answer within this time cannot be reached. */
const ANSWER_LIMIT_MS = 3_000;

/**
 * What this worker has to reach to parse anything. While something of it is away, every run would fail for a fault that
 * is not its own, so none is taken, and what was begun is handed back without costing it a retry.
 */
export class Surroundings {
  readonly #parts: readonly Surrounding[];
  readonly #options: SurroundingsOptions;
  readonly #loop: Loop;
  #away: readonly string[] = [];
  #checking: Promise<readonly string[]> | undefined;

  constructor(parts: readonly Surrounding[], options: SurroundingsOptions) {
    this.#parts = parts;
    this.#options = options;
    const { calmMs = CALM_MS, awayMs = AWAY_MS, onError } = options;
    this.#loop = new Loop({ name: 'surroundings', everyMs: calmMs, jitter: 0.2, onError }, async () =>
      (await this.check()).length > 0 ? awayMs : calmMs,
    );
  }

  /** Names of what could not be reached when it was last checked. */
  get away(): readonly string[] {
    return this.#away;
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Looks now, and returns the names of what cannot be reached. Never rejects. */
  check(): Promise<readonly string[]> {
    this.#checking ??= this.#look().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #look(): Promise<readonly string[]> {
    const away = (await Promise.all(this.#parts.map(missing))).filter((name) => name !== undefined);
    if (away.join() !== this.#away.join()) {
      this.#away = away;
      this.#options.onChange(away);
    }
    return away;
  }
}

/** What is missing of it, by name; undefined when nothing is. */
async function missing({ name, check }: Surrounding): Promise<string | undefined> {
  const over = new AbortController();
  const late = sleep(ANSWER_LIMIT_MS, name, { signal: over.signal, ref: false }).catch(() => name);
  const answer = check().then(
    (unusable) => unusable ?? undefined,
    () => name,
  );
  const away = await Promise.race([answer, late]);
  over.abort();
  return away;
}
