import { setTimeout as sleep } from 'node:timers/promises';
import { type OwnBucket, ownBucket } from '@confscope/testing';
import { manyApps } from './support/many-apps.ts';
import { OtlpReceiver, type ReceivedSpan } from './support/otlp-receiver.ts';
import { type Run, Stack } from './support/stack.ts';

/** What an attempt that publishes its result looks like, whichever one of the run it is. */
const WORK = ['ack', 'claim', 'copy', 'parse', 'publish', 'read archive'];

describe('the trace of an upload whose first attempt ends badly', () => {
  let own: OwnBucket;
  let receiver: OtlpReceiver;
  let stack: Stack;
  let seed = 0;
  beforeAll(async () => {
    [own, receiver] = await Promise.all([ownBucket(), OtlpReceiver.start()]);
    stack = await Stack.start(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_BSP_SCHEDULE_DELAY: '100',
        JAEGER_UI_URL: 'https://jaeger.example.com',
        STORAGE_BACKEND: 's3',
        S3_BUCKET: own.bucket,
        S3_ENDPOINT_URL: own.url,
        S3_ACCESS_KEY_ID: own.accessKeyId,
        S3_SECRET_ACCESS_KEY: own.secretAccessKey,
      },
      0,
    );
  });
  beforeEach(() => {
    own.intercept = () => false;
  });
  afterEach(async () => {
    await Promise.all(stack.workers.splice(0).map((worker) => worker.stop()));
  });
  afterAll(async () => {
    await stack.stop();
    receiver.stop();
    await own.remove();
  });

  const upload = async (apps: number, stanzas: number): Promise<Run> =>
    stack.upload((await manyApps(apps, stanzas, `trace-${seed++}`)).archive, 'x.tgz');

  /** Spans of the run's trace, once the one that publishes its result has arrived. */
  async function traceOf(run: Run): Promise<ReceivedSpan[]> {
    const { body } = await stack.get<{ trace_url: string }>(`/v1/runs/${run.id}`);
    const traceId = body.trace_url.replace('https://jaeger.example.com/trace/', '');
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    const spans = () => receiver.spans.filter((span) => span.traceId === traceId);
    const attempt = () => processOf(spans()).find((one) => workUnder(one, spans()).includes('publish'));
    while (!attempt()) await sleep(50);
    return spans();
  }

  /** Every attempt is drawn below what dispatched it and linked to it, and the last one shows all of its work. */
  function expectOneTree(spans: ReceivedSpan[], attempts: number): void {
    const root = spans.find((span) => span.name === 'POST /v1/uploads');
    const send = spans.filter((span) => span.name === 'send parse.default');
    const processes = processOf(spans);
    expect(root).toMatchObject({ service: 'upload-api', parentSpanId: '' });
    expect(send[0]?.parentSpanId).toBe(root?.spanId);
    expect(processes).toHaveLength(attempts);
    const dispatchers = [root, ...send].map((span) => span?.spanId);
    for (const one of processes) {
      expect(dispatchers).toContain(one.parentSpanId);
      expect(one.links).toEqual([one.parentSpanId]);
    }
    expect(processes.some((one) => JSON.stringify(workUnder(one, spans)) === JSON.stringify(WORK))).toBe(true);
  }

  it('is one after a retry', async () => {
    let failures = 0;
    own.intercept = (request, response) => {
      if (request.method !== 'HEAD' || !request.url?.includes('runs/') || failures >= 3) return false;
      failures++;
      response.writeHead(503).end();
      return true;
    };
    await stack.addWorker();
    const run = await stack.until((await upload(2, 5)).id);
    expect(run).toMatchObject({ status: 'complete', retry_count: 1 });
    expectOneTree(await traceOf(run), 2);
  });

  /** The bucket leaves whoever reads an archive waiting, until it is told otherwise; resolves when somebody waits. */
  function keepReadersWaiting(): Promise<void> {
    return new Promise((resolve) => {
      own.intercept = (request) => {
        const isRead = request.method === 'GET' && (request.url?.includes('runs/') ?? false);
        if (isRead) resolve();
        return isRead;
      };
    });
  }

  it('is one after a hand-back', async () => {
    const waiting = keepReadersWaiting();
    const leaving = await stack.addWorker();
    const { id } = await upload(2, 5);
    await waiting;
    expect(await leaving.stop()).toBe(0);
    own.intercept = () => false;
    await stack.addWorker();
    const run = await stack.until(id);
    expect(run).toMatchObject({ status: 'complete', retry_count: 0 });
    expectOneTree(await traceOf(run), 2);
  });

  it('is one after another worker took the run over; the dead one tells nothing any more', async () => {
    const waiting = keepReadersWaiting();
    const dying = await stack.addWorker();
    const { id } = await upload(2, 5);
    await waiting;
    dying.signal('SIGKILL');
    own.intercept = () => false;
    await stack.addWorker();
    const run = await stack.until(id);
    expect(run).toMatchObject({ status: 'complete', retry_count: 0 });
    expectOneTree(await traceOf(run), 1);
  });

  it('is one after Redis has forgotten everything', async () => {
    const { id } = await upload(2, 5);
    // The upload has told Redis of the run when its answer is there, or does so at once.
    const told = () => receiver.spans.filter((span) => span.name === 'send parse.default').length;
    while (told() < seed) await sleep(20);
    await stack.flushRedis();
    await stack.addWorker();
    const run = await stack.until(id);
    expect(run).toMatchObject({ status: 'complete', retry_count: 0 });
    const spans = await traceOf(run);
    expectOneTree(spans, 1);
    // The worker that dispatched the run again tells so, below what asked for it first.
    const again = spans.filter((span) => span.name === 'send parse.default' && span.service === 'parse-worker');
    expect(again.map(({ spanId }) => spanId)).toContain(processOf(spans)[0]?.parentSpanId);
    expect(again[0]?.parentSpanId).toBe(spans.find((span) => span.name === 'POST /v1/uploads')?.spanId);
  });
});

const processOf = (spans: ReceivedSpan[]): ReceivedSpan[] =>
  spans.filter((span) => span.name === 'process parse.default');

/** Names of our own spans below this one, each once, in order. */
function workUnder(ancestor: ReceivedSpan, spans: ReceivedSpan[]): string[] {
  const below = (id: string): ReceivedSpan[] =>
    spans.filter((span) => span.parentSpanId === id).flatMap((span) => [span, ...below(span.spanId)]);
  const names = new Set(below(ancestor.spanId).map((span) => span.name));
  return WORK.filter((name) => names.has(name));
}
