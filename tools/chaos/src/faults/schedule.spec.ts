import { planLoad } from '../load/load-plan.ts';
import { FAULT_KINDS, planFaults } from './schedule.ts';

describe('a storm', () => {
  it('has the same faults and the same load whenever its seed is the same', () => {
    expect(planFaults(7, 100, 1000, [])).toEqual(planFaults(7, 100, 1000, []));
    expect(planLoad(7, 100)).toEqual(planLoad(7, 100));
    expect(planFaults(8, 100, 1000, [])).not.toEqual(planFaults(7, 100, 1000, []));
    expect(planLoad(8, 100)).not.toEqual(planLoad(7, 100));
  });

  it('brings every kind of fault before any kind comes often', () => {
    const first = planFaults(1, FAULT_KINDS.length, 1000, []).map(({ kind }) => kind.kind);
    expect([...first].sort()).toEqual(FAULT_KINDS.map(({ kind }) => kind).sort());
  });

  it('brings only the faults that were asked for, and refuses names it does not know', () => {
    const kinds = planFaults(1, 10, 1000, ['Redis emptied']).map(({ kind }) => kind.kind);
    expect(new Set(kinds)).toEqual(new Set(['Redis emptied']));
    expect(() => planFaults(1, 10, 1000, ['earthquake'])).toThrow(
      'No fault is called earthquake. There are: worker killed',
    );
  });
});
