import { setTimeout as sleep } from 'node:timers/promises';
import { tarGzOf, zipOf } from '@confscope/testing';
import { CANARY_FILES, OTHER_CANARIES, WITNESS } from './support/canaries.ts';
import { dumpDatabase, dumpRedis } from './support/dump-everything.ts';
import { OtlpReceiver } from './support/otlp-receiver.ts';
import { formOf, type Run, Stack } from './support/stack.ts';

const FILES = [...CANARY_FILES, WITNESS];
const CANARY = new RegExp(['CANARY', ...OTHER_CANARIES].join('|'), 'g');

/** The words around each secret in a text: what a failure shows. */
const leaks = (text: string) =>
  [...text.matchAll(CANARY)].map(({ index }) => text.slice(Math.max(0, index - 60), index + 40));

describe('a secret in an upload', () => {
  let stack: Stack;
  let receiver: OtlpReceiver;
  let run: Run;
  /** Every answer that was given, as text. */
  const answers: string[] = [];

  const ask = async (url: string, init: RequestInit = {}): Promise<string> => {
    const response = await fetch(url, init);
    const body = await response.text();
    answers.push(JSON.stringify([...response.headers]), body);
    return body;
  };
  const upload = async (content: Buffer, name: string, type: string): Promise<Run> =>
    JSON.parse(
      await ask(`${stack.uploadApi.url}/v1/uploads`, { method: 'POST', body: formOf(content, name, { type }) }),
    ) as Run;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    stack = await Stack.start({
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    run = await stack.until((await upload(await tarGzOf(FILES), 'etc.tgz', 'instance_etc')).id);
    expect(run.status).toBe('complete');
  });
  afterAll(async () => {
    await stack.stop();
    receiver.stop();
  });

  it('is in no answer, however one asks', async () => {
    const at = `${stack.statusApi.url}/v1/runs/${run.id}`;
    for (const path of ['', '/status', '/files?limit=500', '/stanzas?limit=500', '/apps', '/diagnostics?limit=500'])
      await ask(at + path);
    for (const conf of ['server', 'inputs', 'acme_settings', 'savedsearches', 'passwords', 'user-seed', 'props'])
      for (const query of ['', '&format=btool&debug=true', '&context=app&app=a'])
        await ask(`${at}/effective/${conf}?own=true${query}`);
    for (let n = 0; n < 20; n++) await ask(`${at}/stanzas/${n}`);
    for (const path of ['runs', 'worker/health', 'worker/metrics', 'worker/queues', `worker/tasks/${run.task_id}`])
      await ask(`${stack.statusApi.url}/v1/${path}`);
    await ask(`${stack.statusApi.url}/v1/worker/runs/${run.id}/status`);
    for (const service of [stack.uploadApi, stack.statusApi, ...stack.workers])
      for (const path of ['/metrics', '/health/ready']) await ask(service.url + path);
    expect(answers.join('\n').match(/witness-value/g)?.length).toBeGreaterThan(1);
    expect(answers.join('\n')).toContain('secret-in-clear');
    expect(leaks(answers.join('\n'))).toEqual([]);
  });

  it('is in no message of what goes wrong', async () => {
    const tar = await tarGzOf(FILES);
    const damaged = zipOf(FILES.map(({ path, content }) => ({ path, content })));
    damaged.fill(0xff, 40, 60);
    const secret = FILES[0]?.content ?? '';
    const failing: [Buffer, string, string][] = [
      [tar.subarray(0, tar.length - 200), 'cut.tgz', 'instance_etc'],
      [damaged, 'damaged.zip', 'instance_etc'],
      [Buffer.from(secret), 'notes.txt', 'single_conf'],
      [await tarGzOf([{ path: 'etc/auth/splunk.secret', content: secret }]), 'empty.tgz', 'instance_etc'],
      [tar, 'wrong-type.tgz', 'no-such-type'],
    ];
    for (const [content, name, type] of failing) {
      const { id } = await upload(content, name, type);
      if (id) answers.push(JSON.stringify(await stack.until(id)));
    }
    await ask(`${stack.uploadApi.url}/v1/uploads`, { method: 'POST', body: secret });
    expect(answers.join('\n')).toContain('"failed"');
    expect(leaks(answers.join('\n'))).toEqual([]);
  });

  it('is in no table, no key of Redis, no log line, no span and no measure', async () => {
    while (!receiver.raw.includes('"publish"')) await sleep(50);
    const [database, redis] = await Promise.all([dumpDatabase(stack.database.url), dumpRedis(stack.redis.url)]);
    // Whoever finds no witness has not looked.
    expect(database).toContain('witness-value');
    expect(redis).toContain('confscope');
    expect(stack.logs()).toContain('"run_id"');
    const kept = { database, redis, logs: stack.logs(), traces: receiver.raw };
    for (const [name, text] of Object.entries(kept)) expect({ [name]: leaks(text) }).toEqual({ [name]: [] });
  });
});
