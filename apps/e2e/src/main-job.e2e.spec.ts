import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarGzOf, zipOf } from '@confscope/testing';
import { type Run, Stack } from './support/stack.ts';

const sample = readFileSync(join(import.meta.dirname, '../../../samples/acme-etc.tar.gz'));

interface List<Item> {
  items: Item[];
  next_cursor: string | null;
  total: number | null;
}

interface StanzaItem {
  name: string;
  conf: string;
  app: string;
  path: string;
  header_lines: number[];
  settings: {
    key: string;
    value: string;
    line: number;
    masked: boolean;
    overwritten: { value: string; line: number }[];
  }[];
}

describe('the main job', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await Stack.start()));
  afterAll(() => stack.stop());

  it('takes an archive in, parses it in the background, and answers for it everywhere', async () => {
    const upload = await stack.upload(sample, 'acme-etc.tar.gz', { type: 'ds_etc', label: 'My Config' });
    expect(upload).toMatchObject({ status: 'stored', label: 'My Config' });
    const run = await stack.until(upload.id);
    expect(run).toMatchObject({ status: 'complete', error_message: null, progress: { percent: 100 } });

    const stanzas = await stack.get<List<StanzaItem>>(`/v1/runs/${run.id}/stanzas?conf=inputs&app=search`);
    expect(stanzas.body.items.length).toBeGreaterThan(0);
    for (const stanza of stanzas.body.items) expect(stanza).toMatchObject({ conf: 'inputs', app: 'search' });
    const files = await stack.get<List<{ path: string; kind: string }>>(`/v1/runs/${run.id}/files?limit=500`);
    expect(files.body.items.filter((file) => file.kind !== 'ignored')).toHaveLength(run.metrics['files_parsed'] ?? -1);

    const task = await stack.get<Record<string, unknown>>(`/v1/worker/tasks/${run.task_id}`);
    expect(task.body).toMatchObject({
      task_id: run.task_id,
      status: 'SUCCESS',
      ready: true,
      successful: true,
      result: {
        run_id: run.id,
        status: 'complete',
        files_parsed: run.metrics['files_parsed'],
        stanzas_created: run.metrics['stanzas_created'],
        duration_seconds: run.metrics['duration_seconds'],
      },
    });
    const worker = await stack.get<Record<string, unknown>>(`/v1/worker/runs/${run.id}/status`);
    expect(worker.body).toMatchObject({ status: 'complete', task_id: run.task_id, retry_count: 0 });
    // Tracing is off here, so there is no trace to name.
    expect(worker.body['attempts']).toMatchObject([{ attempt: 1, outcome: 'complete', trace_id: null }]);
    const metrics = await stack.get<{ status_counts: Record<string, number> }>('/v1/worker/metrics');
    expect(metrics.body.status_counts['complete']).toBeGreaterThan(0);
  });

  it('parses nothing that it has seen before', async () => {
    const first = await stack.until((await stack.upload(sample, 'a.tar.gz')).id);
    const again = await stack.until((await stack.upload(sample, 'b.tar.gz')).id);
    expect(again.metrics['files_reused']).toBe(again.metrics['files_parsed']);
    for (const count of ['conf_files', 'conf_stanzas', 'conf_settings', 'meta_stanzas'])
      expect(again.metrics[count]).toBe(first.metrics[count]);
  });

  it('finds the same in a tar.gz and in a zip of the same files', async () => {
    const files = [
      { path: 'etc/apps/a/local/props.conf', content: '[x]\nk = 1\nk = 2\n[y]\nlong = a \\\n  b\n' },
      { path: 'etc/apps/a/metadata/local.meta', content: '[props/x]\nexport = system\n' },
      { path: 'etc/apps/a/bin/other.conf', content: 'nothing' },
    ];
    const [tar, zip] = await Promise.all([
      stack.upload(await tarGzOf(files), 'x.tgz'),
      stack.upload(zipOf(files), 'x.zip'),
    ]);
    const found = await Promise.all(
      [tar, zip].map(async ({ id }) => {
        await stack.until(id);
        const stanzas = await stack.get<List<StanzaItem>>(`/v1/runs/${id}/stanzas`);
        const ignored = await stack.get<List<{ path: string; ignored_reason: string }>>(
          `/v1/runs/${id}/files?kind=ignored`,
        );
        return [stanzas.body.items, ignored.body.items];
      }),
    );
    expect(found[0]).toEqual(found[1]);
    expect((found[0]?.[0] as StanzaItem[])[0]).toMatchObject({
      path: 'etc/apps/a/local/props.conf',
      name: 'x',
      header_lines: [1],
      settings: [{ key: 'k', value: '2', line: 3, overwritten: [{ value: '1', line: 2 }] }],
    });
    expect(found[0]?.[1]).toMatchObject([
      { path: 'etc/apps/a/bin/other.conf', ignored_reason: 'not-in-default-or-local' },
    ]);
  });

  it('completes a run with one broken file among good ones, and says where it is broken', async () => {
    const files = [
      { path: 'etc/apps/a/local/props.conf', content: '[good]\nk = v\n' },
      { path: 'etc/apps/b/local/props.conf', content: Buffer.from('[bad\nk = \0\xff\njunk\n', 'latin1') },
    ];
    const run = await stack.until((await stack.upload(await tarGzOf(files), 'x.tgz')).id);
    expect(run.status).toBe('complete');
    const { body } = await stack.get<List<{ diagnostics: { code: string; line: number }[] }>>(
      `/v1/runs/${run.id}/files?app=b`,
    );
    const codes = body.items[0]?.diagnostics.map(({ code, line }) => `${code} ${line}`);
    expect(codes).toEqual(expect.arrayContaining(['header-unclosed 1', 'nul-byte 2', 'invalid-utf8 2', 'junk-line 3']));
  });

  it('never shows or stores a secret, and still tells whether it changed', async () => {
    const conf = (secret: string) => `[general]\npass4SymmKey = ${secret}\nserverName = h1\n`;
    const secrets = ['canary-secret-one', 'canary-secret-two', 'canary-secret-one'];
    const prints: unknown[] = [];
    for (const secret of secrets) {
      const run = await stack.until(
        (await stack.upload(Buffer.from(conf(secret)), 'server.conf', { type: 'single_conf' })).id,
      );
      const { body } = await stack.get<List<StanzaItem>>(`/v1/runs/${run.id}/stanzas?key=pass4SymmKey`);
      const setting = body.items[0]?.settings[0] as unknown as { value: string; masked: boolean; fingerprint: string };
      expect(setting).toMatchObject({ value: '********', masked: true });
      prints.push(setting.fingerprint);
    }
    expect(prints[0]).toBe(prints[2]);
    expect(prints[0]).not.toBe(prints[1]);
    expect(stack.logs()).not.toContain('canary-secret');
  });

  it('answers with health while a worker lives, and says so when none does', async () => {
    const health = () => stack.get<Record<string, unknown>>('/v1/worker/health');
    let alive = await health();
    // What a worker holds is told a moment after it changes.
    while (alive.body['active_tasks'] !== 0) alive = await health();
    expect(alive.status).toBe(200);
    expect(alive.body).toMatchObject({ status: 'healthy', workers: 1, active_tasks: 0 });
    const names = alive.body['worker_names'] as string[];
    expect(alive.body['stats']).toHaveProperty([names[0] ?? '']);
    const [worker] = stack.workers.splice(0);
    expect(await worker?.stop()).toBe(0);
    const dead = await stack.get<Record<string, unknown>>('/v1/worker/health');
    expect(dead.status).toBe(503);
    expect(dead.body).toMatchObject({ workers: 0, worker_names: [] });
    await stack.addWorker();
  });

  it('keeps what it knows over a restart of everything that is ours', async () => {
    const before = await stack.until((await stack.upload(sample, 'a.tar.gz')).id);
    await stack.restartApis();
    expect(await stack.run(before.id)).toEqual(before);
    const again: Run = await stack.until((await stack.upload(sample, 'b.tar.gz')).id);
    expect(again.metrics['conf_settings']).toBe(before.metrics['conf_settings']);
  });
});
