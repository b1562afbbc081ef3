import type { System } from '../system/system.ts';
import { type HappenedFault, recoverySamples } from './recovery.ts';

const death = (pid: number, startedAt: number, fields: Partial<HappenedFault> = {}): HappenedFault => ({
  n: pid,
  kind: 'worker killed',
  recovery: 'taken-over',
  isOutage: false,
  target: 'worker',
  startedAt,
  endedAt: startedAt,
  pid,
  ...fields,
});
const attempt = (run_id: number, number: number, pid: number, started: number, ended: number, outcome: string) => ({
  run_id,
  attempt: number,
  worker: `host-${pid}-abc`,
  outcome,
  started,
  ended,
});
/** A system whose ledger says this. */
const ledger = (...rows: unknown[]) => ({ rows: () => Promise.resolve(rows) }) as unknown as System;

describe('the recovery from a death', () => {
  const rows = [
    attempt(1, 1, 7, 1_000, 22_000, 'lost'),
    attempt(1, 2, 8, 22_000, 23_000, 'complete'),
    attempt(2, 1, 7, 500, 900, 'complete'),
  ];

  it('lasts until each run that was in hand is claimed again', async () => {
    expect(await recoverySamples(ledger(...rows), [death(7, 2_000)], [])).toEqual([
      { kind: 'worker killed', ms: 20_000, isClean: true },
    ]);
  });

  it.each<[string, HappenedFault, boolean]>([
    ['an outage', death(0, 10_000, { recovery: 'working', isOutage: true, endedAt: 11_000 }), false],
    ['the end of another worker', death(9, 10_000), false],
    ['one that was left out', death(9, 10_000, { skipped: 'nothing to hit' }), true],
    ['one long before', death(9, 1_000 - 60_000), true],
    ['a fault that stops nobody', death(0, 10_000, { recovery: 'working' }), true],
  ])('tells of itself alone unless %s fell into it', async (_, other, isClean) => {
    const [sample] = await recoverySamples(ledger(...rows), [death(7, 2_000), other], []);
    expect(sample).toMatchObject({ ms: 20_000, isClean });
  });
});
