import { setTimeout as sleep } from 'node:timers/promises';
import { between, type FaultContext, type FaultKind } from './fault.ts';

const storageFault = (
  kind: string,
  weight: number,
  work: (context: FaultContext, ms: number) => Promise<void>,
): FaultKind => ({
  kind,
  weight,
  recovery: 'accepting',
  isOutage: true,
  inject: (context) =>
    context.resources.use(['storage'], async () => {
      const ms = between(0.1 * context.leaseMs, 0.4 * context.leaseMs, context.dice[1]);
      const { noDiskReason } = context.system.storage;
      const startedAt = Date.now();
      if (kind === DISK_FULL && noDiskReason !== undefined)
        return { target: 'disk', startedAt, endedAt: startedAt, skipped: noDiskReason };
      await work(context, ms);
      return { target: `for ${ms} ms`, startedAt, endedAt: Date.now() };
    }),
});

const DISK_FULL = 'disk full';

export const machineFaults: readonly FaultKind[] = [
  storageFault('storage away', 3, async ({ system: { storage } }, ms) => {
    await storage.takeAway();
    await sleep(ms);
    await storage.bringBack();
  }),
  storageFault(DISK_FULL, 2, async ({ system: { storage } }, ms) => {
    await storage.fillDisk();
    await sleep(ms);
    await storage.emptyDisk();
  }),
  {
    kind: 'clock set',
    weight: 3,
    recovery: 'working',
    isOutage: false,
    inject: ({ system, resources, dice }) =>
      resources.useOneOf(system.services, dice[0], [], async (service) => {
        // Up to an hour fast or slow: far more than any lease, delay or heartbeat.
        const shiftMs = dice[2] < 0.2 ? 0 : between(-3_600_000, 3_600_000, dice[1]);
        const startedAt = Date.now();
        await system.shiftClock(service, shiftMs);
        return { target: `${service.name} by ${shiftMs} ms`, startedAt, endedAt: Date.now() };
      }),
  },
];
