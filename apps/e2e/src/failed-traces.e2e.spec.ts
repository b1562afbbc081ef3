import { setTimeout as sleep } from 'node:timers/promises';
import { type OwnBucket, ownBucket, tarGzOf } from '@confscope/testing';
import { OtlpReceiver } from './support/otlp-receiver.ts';
import { type Run, Stack } from './support/stack.ts';

describe('traces of which none is sampled', () => {
  let own: OwnBucket;
  let receiver: OtlpReceiver;
  let stack: Stack;
  beforeAll(async () => {
    [own, receiver] = await Promise.all([ownBucket(), OtlpReceiver.start()]);
    stack = await Stack.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
      STORAGE_BACKEND: 's3',
      S3_BUCKET: own.bucket,
      S3_ENDPOINT_URL: own.url,
      S3_ACCESS_KEY_ID: own.accessKeyId,
      S3_SECRET_ACCESS_KEY: own.secretAccessKey,
    });
  });
  afterAll(async () => {
    await stack.stop();
    receiver.stop();
    await own.remove();
  });

  const upload = async (content: Buffer): Promise<Run> => stack.until((await stack.upload(content, 'x.tgz')).id);
  const archive = (text: string) => tarGzOf([{ path: 'etc/apps/a/local/server.conf', content: text }]);
  /** Our own spans of the run, each once, in order. */
  const toldOf = (run: Run): string[] => {
    const process = receiver.spans.find(
      (span) => span.attributes['messaging.message.conversation_id'] === String(run.id),
    );
    const names = receiver.spans.filter(({ traceId }) => traceId === process?.traceId).map(({ name }) => name);
    return ['process parse.default', 'claim', 'read archive', 'parse', 'copy', 'publish'].filter((name) =>
      names.includes(name),
    );
  };

  it('are sent when the run fails, by both processes that had to do with it', async () => {
    const good = await upload(await archive('[general]\na = 1\n'));
    const bad = await upload(Buffer.from('no archive'));
    expect([good.status, bad.status]).toEqual(['complete', 'failed']);
    while (!toldOf(bad).includes('read archive') || !toldOf(bad).includes('process parse.default')) await sleep(50);
    expect(toldOf(bad)).toEqual(['process parse.default', 'claim', 'read archive']);
    const failed = receiver.spans.find(({ name, failed }) => name === 'process parse.default' && failed);
    expect(failed?.attributes['error.type']).toBe('permanent');
    expect(toldOf(good)).toEqual([]);
  });

  it('are sent from the first error on when a run is tried again, whichever worker does it', async () => {
    let failures = 0;
    own.intercept = (request, response) => {
      if (request.method !== 'HEAD' || !request.url?.includes('runs/') || failures >= 3) return false;
      failures++;
      response.writeHead(503).end();
      return true;
    };
    const run = await upload(await archive('[general]\nb = 2\n'));
    expect(run).toMatchObject({ status: 'complete', retry_count: 1 });
    while (!toldOf(run).includes('publish')) await sleep(50);
    const attempts = () =>
      receiver.spans.filter(
        ({ name, attributes }) =>
          name === 'process parse.default' && attributes['messaging.message.conversation_id'] === String(run.id),
      );
    while (attempts().length < 2) await sleep(50);
    expect(attempts().map(({ failed }) => failed)).toEqual([true, false]);
    expect(toldOf(run)).toEqual(['process parse.default', 'claim', 'read archive', 'parse', 'copy', 'publish']);
  });
});
