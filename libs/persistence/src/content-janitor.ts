import type { Database, Transaction } from './database.ts';
import { elected } from './retention.ts';
import { sqlFile } from './sql-file.ts';

/** Contents from the one that names to the one that is named: nothing is collected before what names it. */
const CONTENTS = (['manifests', 'trees', 'files', 'layouts'] as const).map((name) => ({
  name,
  mark: sqlFile(`mark-unused-${name}`),
  lock: sqlFile('lock-unused').replace('from content_table', `from ${name === 'files' ? 'conf_files' : name}`),
  collect: sqlFile(`collect-${name}`),
}));

export type ContentKind = (typeof CONTENTS)[number]['name'];
export type Collected = Record<ContentKind, number>;

/** Rows of a step: so many that reading all of `manifest_trees` in each is worth it, so few that it takes moments. */
const MARK_ROWS = 20_000;
const COLLECT_ROWS = 500;
/** A claim that is being committed while a row is marked is not seen yet; its attempt counts as older than the mark. */
const MARGIN_MS = 60_000;

export interface JanitorOptions {
  /** How long nothing has to have used a content before it goes. */
  unusedMs: number;
  /** For specs, which cannot wait for {@link MARGIN_MS}. */
  marginMs?: number;
}

/**
 * Collects parsed files, trees, manifests and layouts that no run uses any more.
 *
 * An attempt looks contents up and names them in rows that it writes later. Two things keep what it counts on:
 * - A row is marked first, and goes only when it was marked before the oldest attempt in progress began and for long enough
 *   beside that. Looking a row up takes the mark away. So no attempt loses what it has looked up.
 * - Whoever writes a row that names another one holds that one (`for key share`) and sees that it is there. The janitor
 *   takes hold of a row too, and asks in a new statement whether anything names it. One of the two comes first, and the
 *   other one sees it. So nothing ever names what is gone, whatever a process does that was given up long ago.
 */
export class ContentJanitor {
  constructor(
    private readonly database: Database,
    private readonly options: JanitorOptions,
  ) {}

  /** Marks what is unused, and collects what has been for long enough; returns how much of each went. */
  async run(): Promise<Collected> {
    for (const { mark } of CONTENTS) await this.#mark(mark);
    const collected: Collected = { manifests: 0, trees: 0, files: 0, layouts: 0 };
    for (const { name, lock, collect } of CONTENTS) collected[name] = await this.#collect(lock, collect);
    return collected;
  }

  /** All pages of one kind, each in a transaction of its own. */
  async #mark(sql: string): Promise<void> {
    let lastId: number | null = 0;
    while (lastId !== null) {
      const after: number = lastId;
      lastId = (await elected(this.database, (tx) => lastOf(tx, sql, after))) ?? null;
    }
  }

  async #collect(lock: string, collect: string): Promise<number> {
    const { unusedMs, marginMs = MARGIN_MS } = this.options;
    let total = 0;
    let lastId = 0;
    for (;;) {
      const step = await elected(this.database, async (tx) => {
        const rows = await tx.rows<{ id: number }>(lock, [unusedMs, marginMs, lastId, COLLECT_ROWS]);
        if (rows.length === 0) return null;
        const [deleted] = await tx.rows<{ count: number }>(collect, [rows.map(({ id }) => id)]);
        return { count: deleted?.count ?? 0, lastId: rows.at(-1)?.id ?? lastId };
      });
      if (!step) return total;
      total += step.count;
      lastId = step.lastId;
    }
  }
}

async function lastOf(tx: Transaction, sql: string, afterId: number): Promise<number | null> {
  const [row] = await tx.rows<{ last_id: number | null }>(sql, [afterId, MARK_ROWS]);
  return row?.last_id ?? null;
}
