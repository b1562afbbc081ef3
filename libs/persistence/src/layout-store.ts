import { createHash } from 'node:crypto';
import type { Database, Transaction } from './database.ts';
import { attemptHolder, type Fence } from './run-claims.ts';
import { sqlFile } from './sql-file.ts';
import type { StoredLayout } from './stored-layout.ts';

const SQL = { add: sqlFile('add-layout'), hold: sqlFile('hold-layout'), keep: sqlFile('keep-layout') };

/** The content-addressed store of the shapes of uploads. */
export class LayoutStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores a layout, if it is new, and names it in the run; nobody looks at it before the run is complete.
   *
   * @returns false when another attempt has taken over: the run was not changed
   */
  async keep({ runId, attempt }: Fence, projectId: number, layout: StoredLayout): Promise<boolean> {
    const document = JSON.stringify(layout);
    const sha256 = createHash('sha256').update(document).digest('hex');
    return this.database.transaction(async (tx) => {
      const layoutId = await heldLayout(tx, projectId, sha256, document);
      return (await tx.rows(SQL.keep, [runId, attempt, layoutId])).length > 0;
    }, attemptHolder({ runId, attempt }));
  }
}

/** The layout of this name, entered if it is new; it is not collected before the transaction ends. */
async function heldLayout(tx: Transaction, projectId: number, sha256: string, document: string): Promise<number> {
  for (;;) {
    const [held] = await tx.rows<{ id: number }>(SQL.hold, [projectId, sha256]);
    if (held) return held.id;
    await tx.rows(SQL.add, [projectId, sha256, document]);
  }
}
