import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '@confscope/testing';
import { chosen } from '@confscope/random';
import { between, type FaultContext, type FaultKind, type Recovery } from './fault.ts';

interface Cable {
  name: string;
  server: 'redis' | 'postgres';
  proxy: TcpProxy;
}

/** The cables between services and servers. */
const cablesOf = ({ system }: FaultContext): Cable[] =>
  [system.uploadApi, ...system.workers].flatMap((service) =>
    (['redis', 'postgres'] as const).map((server) => ({
      name: `${service.name} ⇄ ${server}`,
      server,
      proxy: system.networksOf(service)[server],
    })),
  );

/** A fault of the network between one service and one server, or all services and one server. */
const networkFault = (
  kind: string,
  weight: number,
  recovery: Recovery,
  work: (cables: Cable[], context: FaultContext) => Promise<void>,
): FaultKind => ({
  kind,
  weight,
  recovery,
  isOutage: true,
  inject: (context) => {
    const { resources, dice } = context;
    const cables = cablesOf(context);
    return resources.useOneOf(cables, dice[0], ['network'], async (one) => {
      const hit = dice[2] < 0.25 ? cables.filter(({ server }) => server === one.server) : [one];
      const startedAt = Date.now();
      try {
        await work(hit, context);
      } finally {
        for (const { proxy } of hit) proxy.heal();
      }
      const target = hit.map(({ name }) => name).join(', ');
      return { target, startedAt, endedAt: Date.now(), isPartial: hit.length === 1 };
    });
  },
});

export const networkFaults: readonly FaultKind[] = [
  networkFault('network silent', 4, 'working', async (cables, { leaseMs, dice }) => {
    for (const { proxy } of cables) proxy.goSilent();
    await sleep(between(0.15 * leaseMs, 1.3 * leaseMs, dice[1]));
    // The other half of the time nothing of what was sent arrives: the connections are found dead.
    if (dice[3] < 0.5) for (const { proxy } of cables) proxy.resetAll();
  }),
  networkFault('connections reset', 4, 'working', async (cables, { dice }) => {
    for (let times = between(1, 3, dice[1]); times > 0; times--) {
      for (const { proxy } of cables) proxy.resetAll();
      await sleep(200);
    }
  }),
  networkFault('answers lost', 5, 'working', async (cables, { dice }) => {
    const { proxy } = chosen(cables, dice[3]);
    proxy.loseReplies(between(1, 6, dice[1]));
    await sleep(2_000);
  }),
  networkFault('network slow', 3, 'working', async (cables, { leaseMs, dice }) => {
    for (const { proxy } of cables) proxy.slowDown(between(20, 250, dice[3]));
    await sleep(between(0.2 * leaseMs, 0.6 * leaseMs, dice[1]));
  }),
];
