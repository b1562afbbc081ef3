import type { RunRow } from '@confscope/persistence';
import { of, throwError } from 'rxjs';
import { DispatchRun } from './dispatch-run.ts';

/** A dispatcher whose messages arrive at once, and whose statements end when they are told to. */
function dispatcher({ redis = true } = {}) {
  const marked: number[][] = [];
  const warned: unknown[] = [];
  const statements: PromiseWithResolvers<void>[] = [];
  const dispatch = new DispatchRun(
    { emit: () => (redis ? (of('1-0') as never) : throwError(() => new Error('Redis is away'))) },
    {
      markDispatched: (tasks) => {
        marked.push(tasks.map(({ runId }) => runId));
        const statement = Promise.withResolvers<void>();
        statements.push(statement);
        return statement.promise;
      },
    },
    { warn: (fields: unknown) => void warned.push(fields) },
  );
  return { dispatch, marked, warned, statements };
}

const run = (id: number): RunRow => ({ id, task_id: `task-${id}`, queue: 'default', traceparent: null }) as RunRow;

/** Everything that is ready to go on has gone on. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the dispatch of stored runs', () => {
  it('marks those together that were sent while others were marked', async () => {
    const { dispatch, marked, statements } = dispatcher();
    const first = dispatch.dispatch(run(1));
    await turns();
    const others = [2, 3, 4].map((id) => dispatch.dispatch(run(id)));
    await turns();
    expect(marked).toEqual([[1]]);
    statements[0]?.resolve();
    await first;
    await turns();
    expect(marked).toEqual([[1], [2, 3, 4]]);
    statements[1]?.resolve();
    await Promise.all(others);
  });

  it('goes on after a statement that failed, and tells of each run that was not marked', async () => {
    const { dispatch, marked, warned, statements } = dispatcher();
    const failed = dispatch.dispatch(run(1));
    await turns();
    const next = dispatch.dispatch(run(2));
    statements[0]?.reject(new Error('PostgreSQL is away'));
    await failed;
    await turns();
    expect(warned).toMatchObject([{ run_id: 1 }]);
    expect(marked).toEqual([[1], [2]]);
    statements[1]?.resolve();
    await next;
    expect(warned).toHaveLength(1);
  });

  it('marks nothing that the index was not told of', async () => {
    const { dispatch, marked, warned } = dispatcher({ redis: false });
    await dispatch.dispatch(run(1));
    expect(marked).toEqual([]);
    expect(warned).toMatchObject([{ run_id: 1, task_id: 'task-1' }]);
  });
});
