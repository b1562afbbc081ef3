import { explore } from './explore.ts';
import type { World } from './state.ts';

const SMALL: World = { workers: 2, faults: 2, entries: 2, cancels: 0, parses: 0 };

describe('the run protocol', () => {
  it('loses, repeats and strands nothing, whatever two faults come at whatever moment', () => {
    const { counterexample, states } = explore({ ...SMALL, entries: 3 }, {});
    expect(counterexample).toBeNull();
    expect(states).toBeGreaterThan(10_000);
  });

  it('keeps a cancelled run cancelled until somebody asks, also when a fault comes between', () => {
    expect(explore({ ...SMALL, faults: 1, cancels: 1, parses: 1 }, {}).counterexample).toBeNull();
  });

  it('publishes the result of a worker that was given up, once its writes are not fenced', () => {
    expect(explore(SMALL, { noFence: true }).counterexample).toEqual({
      invariant: 'the manifest of a complete run is from the attempt that holds the fence',
      trace: [
        'the API stores the upload',
        'the API adds the message',
        'worker 1 takes the message of task 1',
        'worker 1 claims the run as attempt 1',
        'worker 1 seems silent to Redis',
        'worker 2 takes the message of task 1 over from a silent worker',
        'worker 2 claims the run as attempt 2',
        'worker 1 publishes attempt 1',
      ],
    });
  });

  it('strands a run whose message was acknowledged before its commit, once nobody reconciles', () => {
    const causes = ['worker death'] as const;
    expect(explore(SMALL, { noReconciler: true }, causes).counterexample).toBeNull();
    expect(explore(SMALL, { noReconciler: true, ackBeforeCommit: true }, causes).counterexample).toEqual({
      invariant: 'from every state the run can still end without anybody stepping in',
      trace: [
        'the API stores the upload',
        'the API adds the message',
        'worker 1 takes the message of task 1',
        'worker 1 claims the run as attempt 1',
        'worker 1 is killed',
      ],
    });
    // The reconciler makes up for it: an acknowledgement is never what keeps a run.
    expect(explore(SMALL, { ackBeforeCommit: true }).counterexample).toBeNull();
  });

  it('strands a run that the API had no time to dispatch, once nobody reconciles', () => {
    const { counterexample } = explore(SMALL, { noReconciler: true });
    expect(counterexample?.trace).toEqual(['the API stores the upload', 'the API dies']);
  });

  it('strands a run whose message another worker acknowledged, once nobody reconciles', () => {
    const causes = ['worker death', 'silence'] as const;
    const flaws = { noReconciler: true, settlesForOthers: true };
    const { counterexample } = explore(SMALL, flaws, causes);
    expect(counterexample?.invariant).toBe('from every state the run can still end without anybody stepping in');
  });

  it('strands a run whose message came with an answer that was lost, once no worker looks for such messages', () => {
    const causes = ['lost answer'] as const;
    expect(explore({ ...SMALL, entries: 3 }, {}, causes).counterexample).toBeNull();
    expect(explore(SMALL, { keepsUnknown: true }, causes).counterexample).toEqual({
      invariant: 'from every state the run can still end without anybody stepping in',
      trace: [
        'the API stores the upload',
        'the API adds the message',
        'the API marks the run as dispatched',
        'worker 1 takes the message of task 1, and the answer is lost',
      ],
    });
  });

  it('strands a run whose message came in exchange for a done one, with an answer that was lost, just so', () => {
    const world = { ...SMALL, faults: 1, parses: 1 };
    const causes = ['lost exchange'] as const;
    expect(explore(world, {}, causes).counterexample).toBeNull();
    expect(explore(world, { keepsUnknown: true }, causes).counterexample).toEqual({
      invariant: 'from every state the run can still end without anybody stepping in',
      trace: [
        'the API stores the upload',
        'the API adds the message',
        'somebody asks to parse the run again',
        'the API adds the message',
        'the API marks the run as dispatched',
        'worker 1 takes the message of task 1',
        'worker 1 drops its message',
        'worker 1 settles its message and takes one of task 2, and the answer is lost',
      ],
    });
  });
});
