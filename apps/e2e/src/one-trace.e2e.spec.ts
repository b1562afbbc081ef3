import { setTimeout as sleep } from 'node:timers/promises';
import { tarGzOf } from '@confscope/testing';
import { OtlpReceiver, type ReceivedSpan } from './support/otlp-receiver.ts';
import { Stack } from './support/stack.ts';

describe('the trace of an upload', () => {
  let stack: Stack;
  let receiver: OtlpReceiver;
  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    stack = await Stack.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
  });
  afterAll(async () => {
    await stack.stop();
    receiver.stop();
  });

  it('is one, from the request over the queue to the transaction that publishes the result', async () => {
    const archive = await tarGzOf([
      { path: 'etc/apps/a/local/server.conf', content: '[general]\npass4SymmKey = canary-secret\n' },
    ]);
    const run = await stack.until((await stack.upload(archive, 'x.tgz')).id);
    const find = (name: string): ReceivedSpan | undefined =>
      receiver.spans.find(
        (span) => span.name === name && (span.traceId === root()?.traceId || name.startsWith('POST')),
      );
    const root = () => receiver.spans.find((span) => span.name === 'POST /v1/uploads');
    while (!find('publish') || !find('ack') || !find('process parse.default') || !root()) await sleep(50);

    const send = find('send parse.default');
    const process = find('process parse.default');
    expect(send?.parentSpanId).toBe(root()?.spanId);
    expect(process).toMatchObject({ parentSpanId: send?.spanId, links: [send?.spanId], service: 'parse-worker' });
    expect(process?.attributes).toMatchObject({
      'messaging.system': 'redis',
      'messaging.destination.name': 'parse.default',
      'messaging.message.conversation_id': String(run.id),
      'messaging.consumer.group.name': 'parse-worker',
    });
    for (const name of ['claim', 'read archive', 'publish', 'ack'])
      expect({ name, parent: find(name)?.parentSpanId }).toEqual({ name, parent: process?.spanId });
    expect(find('parse')?.traceId).toBe(root()?.traceId);
    expect(find('copy')?.traceId).toBe(root()?.traceId);
  });

  it('has no spans of polls that found nothing, and no value of a setting', () => {
    const idle = receiver.spans.filter(
      (span) => /xread|evalsha|xautoclaim/i.test(span.name) && span.parentSpanId === '',
    );
    expect(idle).toEqual([]);
    expect(receiver.raw).not.toContain('canary-secret');
  });
});
