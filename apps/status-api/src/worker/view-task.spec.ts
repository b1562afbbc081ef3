import type { AttemptRow, RunRow } from '@confscope/persistence';
import { taskOfAttempt, taskOfRun } from './view-task.ts';

const TASK = '0b8f6e0c-2f3a-4c5d-8e9f-000000000001';

const run = (fields: Partial<RunRow>): RunRow => ({ id: 42, retry_count: 0, metrics: null, ...fields }) as RunRow;
const attempt = (outcome: AttemptRow['outcome']): AttemptRow =>
  ({ run_id: 42, outcome, error_type: 'crash', error_message: 'm' }) as AttemptRow;

describe('a task as the API shows it', () => {
  it.each([
    ['stored', 0, 'PENDING'],
    ['stored', 1, 'RETRY'],
    ['parsing', 0, 'STARTED'],
  ] as const)('of a run that is %s with %i retries is %s, not ready and without a result', (status, retries, shown) => {
    expect(taskOfRun(TASK, run({ status, retry_count: retries }))).toEqual({
      task_id: TASK,
      status: shown,
      ready: false,
      successful: false,
      result: null,
    });
  });

  it('of a complete run tells what was parsed and how long it took', () => {
    const metrics = { files_parsed: 3, stanzas_created: 9, duration_seconds: 1.5 } as RunRow['metrics'];
    expect(taskOfRun(TASK, run({ status: 'complete', metrics }))).toMatchObject({
      status: 'SUCCESS',
      ready: true,
      successful: true,
      result: { run_id: 42, status: 'complete', files_parsed: 3, stanzas_created: 9, duration_seconds: 1.5 },
    });
  });

  it('of a failed run tells why', () => {
    const failed = run({ status: 'failed', error_type: 'permanent', error_message: 'Permanent error: no' });
    expect(taskOfRun(TASK, failed)).toMatchObject({
      status: 'FAILURE',
      ready: true,
      successful: false,
      result: { run_id: 42, status: 'failed', error_type: 'permanent', error_message: 'Permanent error: no' },
    });
  });

  it('of a cancelled run is revoked', () => {
    expect(taskOfRun(TASK, run({ status: 'cancelled' }))).toMatchObject({
      status: 'REVOKED',
      ready: true,
      result: null,
    });
  });

  it.each([
    ['complete', 'SUCCESS'],
    ['failed', 'FAILURE'],
    ['crashed', 'FAILURE'],
    ['cancelled', 'REVOKED'],
    ['retry', 'REVOKED'],
    ['handed_back', 'REVOKED'],
    ['lost', 'REVOKED'],
    [null, 'REVOKED'],
  ] as const)('that was superseded after an attempt that ended as %s is %s, and ready', (outcome, status) => {
    expect(taskOfAttempt(TASK, attempt(outcome))).toMatchObject({ status, ready: true });
  });
});
