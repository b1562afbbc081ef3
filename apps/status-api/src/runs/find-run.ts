import type { RunQueries, RunRow } from '@confscope/persistence';
import { notFound } from '@confscope/service-kit';
import { readRunId } from '../http/read-parameters.ts';

/**
 * The run that a path names.
 *
 * @throws Problem `invalid_run_id` or `run_not_found`
 */
export async function findRun(runs: RunQueries, id: string): Promise<RunRow> {
  const run = await runs.find(readRunId(id));
  if (!run) throw notFound('run', id);
  return run;
}
