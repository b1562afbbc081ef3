import { statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BenchInput } from '../bench-input.ts';
import type { Figure } from '../report.ts';
import { timed } from '../stack/baselines.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { Stack } from '../stack/stack.ts';
import { median, spread } from '../statistics.ts';

/** Small archives are uploaded a few times in a row, so that a measurement is long enough to tell something. */
const BATCH_BYTES = 4 * 1024 * 1024;
const MAX_BATCH = 10;
/** The difference is smaller than the noise of a busy machine: it takes many short turns to see it. */
const TURNS_A_ROUND = 3;
/** No parsing process is replaced in the middle of somebody's turn. */
const ENV = { WORKER_MAX_TASKS_PER_CHILD: '1000000' };
const LEAST_SHARE = 0.95;
const MOST_CPU = 1.05;

/** Which services of the same servers are asked: they take their work from queues of their own. */
const SIDES = { off: 'low', on: 'high' } as const;
type Side = keyof typeof SIDES;

interface Turn {
  perSecond: number;
  /** Of the services, for each upload; NaN where the system does not tell. */
  cpuMs: number;
}
type Round = Record<Side, Turn>;

/** What tracing costs: the same uploads with every trace sent and with none, turn by turn. */
export async function benchTracing(servers: BenchServers, input: BenchInput): Promise<Figure[]> {
  const collector = await startCollector();
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: addressOf(collector) };
  const stacks: Stack[] = [];
  try {
    const off = await Stack.start(servers, { ...ENV, WORKER_QUEUES: SIDES.off });
    stacks.push(off);
    const on = await Stack.start(servers, { ...ENV, ...traced, WORKER_QUEUES: SIDES.on });
    stacks.push(on);
    const batch = Math.max(1, Math.min(MAX_BATCH, Math.floor(BATCH_BYTES / statSync(input.archive).size)));
    const archives: string[] = [];
    for (let i = 0; i < batch; i++) archives.push((await input.packAnew?.(i)) ?? input.archive);
    const rounds: Round[] = [];
    // The first round is not counted: code is compiled in it. Who begins changes, since the second finds warm caches.
    for (let round = 0; round <= input.rounds * (batch > 1 ? TURNS_A_ROUND : 1); round++) {
      const turn = (side: Side) => measureTurn(side === 'on' ? on : off, archives, side);
      if (round % 2 === 0) rounds.push({ off: await turn('off'), on: await turn('on') });
      else rounds.push({ on: await turn('on'), off: await turn('off') });
    }
    return figuresOf(input, batch, rounds.slice(1));
  } finally {
    await Promise.all(stacks.map((stack) => stack.stop()));
    collector.closeAllConnections();
    collector.close();
  }
}

/** Every archive is read: their bytes differ. */
async function measureTurn(stack: Stack, archives: readonly string[], side: Side): Promise<Turn> {
  await stack.forget();
  const before = stack.cpuSeconds();
  const ms = await timed(async () => {
    const ids: number[] = [];
    for (const archive of archives) ids.push(await stack.upload(archive, 'etc.tar.gz', { queue: SIDES[side] }));
    await stack.allCompleted(ids);
  });
  const { length: count } = archives;
  return { perSecond: (count * 1000) / ms, cpuMs: ((stack.cpuSeconds() - before) * 1000) / count };
}

function figuresOf(input: BenchInput, batch: number, rounds: readonly Round[]): Figure[] {
  const figure = (what: string, of: keyof Turn, unit: Figure['unit'], side: Side, bar?: Figure['bar']): Figure => {
    const values = rounds.map((round) => round[side][of]);
    const ratio = { to: 'tracing off', value: median(rounds.map(({ on, off }) => on[of] / off[of])) };
    return {
      id: `tracing/${input.name}/${of}-${side}`,
      what: `${what}, tracing ${side}, ${input.name}`,
      value: median(values),
      unit,
      spread: spread(values),
      ...(bar ? { ratio, bar } : {}),
    };
  };
  const throughput = `${batch} uploads to their commits`;
  const cpu = 'processor time of an upload and its run';
  return [
    figure(throughput, 'perSecond', '/s', 'off'),
    figure(throughput, 'perSecond', '/s', 'on', { least: LEAST_SHARE }),
    ...(rounds.some(({ off }) => Number.isNaN(off.cpuMs))
      ? []
      : [figure(cpu, 'cpuMs', 'ms', 'off'), figure(cpu, 'cpuMs', 'ms', 'on', { most: MOST_CPU })]),
  ];
}

/** A collector that takes in what it gets; to keep it would be somebody else's work, on another machine. */
async function startCollector(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
