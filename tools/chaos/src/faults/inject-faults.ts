import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadPace } from '../load/load-pace.ts';
import type { System } from '../system/system.ts';
import type { HappenedFault } from '../verdict/recovery.ts';
import { LOAD_IS_OVER } from './process-faults.ts';
import { Resources } from './resources.ts';
import type { PlannedFault } from './schedule.ts';

export interface InjectOptions {
  system: System;
  leaseMs: number;
  load: LoadPace;
  /** How many are to happen; the plan holds more, for some find nothing to hit. */
  count: number;
  onOver: (fault: HappenedFault) => void;
}

/** Carries out a plan: one fault after the other starts, and those that last go on beside the next. */
export async function injectFaults(plan: readonly PlannedFault[], options: InjectOptions): Promise<HappenedFault[]> {
  const { system, leaseMs, load, count, onOver } = options;
  const resources = new Resources();
  const happened: HappenedFault[] = [];
  const running = new Set<Promise<void>>();
  let real = 0;
  for (const { n, kind, afterMs, dice } of plan) {
    if (real + running.size >= count) await Promise.all(running);
    if (real >= count) break;
    const { kind: name, recovery, isOutage } = kind;
    if (happened.some((fault) => fault.kind === name && fault.skipped === LOAD_IS_OVER)) continue;
    await sleep(afterMs);
    const one = kind.inject({ system, resources, load, leaseMs, dice }).then(
      (injected) => {
        const fault = { ...injected, n, kind: name, recovery, isOutage: isOutage && !injected.isPartial };
        if (fault.skipped === undefined) real++;
        happened.push(fault);
        onOver(fault);
      },
      (error: unknown) => {
        throw new Error(`Fault ${n} (${name}) could not be injected.`, { cause: error });
      },
    );
    const done = one.finally(() => running.delete(done));
    // Awaited below; until then a failure must not count as unhandled.
    done.catch(() => undefined);
    running.add(done);
    load.startedFaults(real + running.size);
  }
  await Promise.all(running);
  return happened;
}
