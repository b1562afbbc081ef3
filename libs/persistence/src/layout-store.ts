import { createHash } from 'node:crypto';
import type { Executor } from './database.ts';
import type { Fence } from './run-claims.ts';
import { sqlFile } from './sql-file.ts';
import type { StoredLayout } from './stored-layout.ts';

const SQL = { add: sqlFile('add-layout'), keep: sqlFile('keep-layout') };

/** The content-addressed store of the shapes of uploads. */
export class LayoutStore {
  constructor(private readonly database: Executor) {}

  /**
   * Stores a layout, if it is new, and names it in the run; nobody looks at it before the run is complete.
   *
   * @returns false when another attempt has taken over: the run was not changed
   */
  async keep({ runId, attempt }: Fence, projectId: number, layout: StoredLayout): Promise<boolean> {
    const document = JSON.stringify(layout);
    const sha256 = createHash('sha256').update(document).digest('hex');
    await this.database.rows(SQL.add, [projectId, sha256, document]);
    const kept = await this.database.rows(SQL.keep, [runId, attempt, projectId, sha256]);
    return kept.length > 0;
  }
}
