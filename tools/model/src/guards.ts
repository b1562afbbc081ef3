import type { RunStatus } from '@confscope/domain';

/** What one SQL statement of `libs/persistence/sql` asks of a run row before it changes its status. */
export interface Guard {
  /** The statuses it leaves. */
  leaves: readonly RunStatus[];
  /** The statuses it can set, in the order in which the statement names them. */
  to: readonly [RunStatus, ...RunStatus[]];
  /** It names the attempt that must still be the run's. */
  fenced: boolean;
}

/**
 * The guards of the real statements, restated as data by the names of their files. A spec compares them with the text of
 * the statements, so that the model cannot go on proving a protocol that is not the real one.
 */
export const GUARDS = {
  'store-upload': { leaves: ['pending'], to: ['stored', 'failed'], fenced: false },
  'claim-run': { leaves: ['stored', 'parsing'], to: ['parsing'], fenced: false },
  'complete-run': { leaves: ['parsing'], to: ['complete'], fenced: true },
  'fail-run': { leaves: ['parsing'], to: ['failed'], fenced: true },
  'leave-run': { leaves: ['parsing'], to: ['stored'], fenced: true },
  'cancel-run': { leaves: ['stored', 'parsing'], to: ['cancelled'], fenced: false },
  'redispatch-run': { leaves: ['stored', 'failed', 'cancelled'], to: ['stored'], fenced: false },
} as const satisfies Record<string, Guard>;

export type Statement = keyof typeof GUARDS;
