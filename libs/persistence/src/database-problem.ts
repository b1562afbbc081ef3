import { Problem } from '@confscope/service-kit/problem';
import { type DatabaseTrouble, troubleOf } from './database-trouble.ts';

const DETAILS: Record<DatabaseTrouble, string> = {
  unreachable: 'The database cannot be reached. Nothing of this request was done; try again later.',
  no_connection_left: 'The database has no connection left. Nothing of this request was done; try again later.',
  read_only: 'The database takes no writes now, as after a failover. Nothing was changed; try again later.',
  disk_full: 'The disk of the database is full. Nothing was changed; it needs room, then try again.',
  too_slow: 'The database took longer than its time limit allows. Try again, or ask for less.',
};

/** What to tell somebody whose request met trouble with the database; null when that is not what went wrong. */
export function databaseProblem(error: unknown): Problem | null {
  const trouble = troubleOf(error);
  return trouble && new Problem(503, `database_${trouble}`, DETAILS[trouble]);
}
