import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ParseProcess } from './parse-process.ts';
import { ParseProcesses } from './parse-processes.ts';
import type { ParseJob } from './protocol.ts';

/** A parsing process that does what the name of its archive says, the good and the bad. */
const PROGRAM = `
const rssBytes = () => process.memoryUsage.rss();
const send = (message, then) => process.send({ ...message, rssBytes: rssBytes() }, then);
if (process.env.ENDS_AT_START) process.exit(7);
process.on('message', ({ kind, job }) => {
  if (kind === 'stop') return send({ kind: 'outcome', outcome: { kind: 'stopped' }, peakRssBytes: rssBytes() });
  const does = {
    'completes': () => send({ kind: 'outcome', outcome: { kind: 'complete', counts: { files_parsed: 1, files_reused: 0, stanzas_created: 2 } }, peakRssBytes: rssBytes() }),
    'exits': () => process.exit(9),
    'dies': () => process.kill(process.pid, 'SIGSEGV'),
    'waits': () => send({ kind: 'progress', progress: { bytes_done: 1, files: 1, stanzas: 1 } }),
    'hangs': () => send({ kind: 'progress', progress: { bytes_done: 1, files: 1, stanzas: 1 } }, () => { for (;;); }),
    'buffers': () => { const held = []; setInterval(() => held.push(Buffer.alloc(32 * 1024 * 1024, 1)), 20); },
    'heap': () => { const held = []; for (;;) held.push({ text: 'x'.repeat(20) + held.length, more: [held.length] }); },
  };
  does[job.archiveName]();
});
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
`;

describe('a parsing process', () => {
  let folder: string;
  let module: URL;
  const made: ParseProcess[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'confscope-child-'));
    await writeFile(join(folder, 'child.mjs'), PROGRAM);
    module = pathToFileURL(join(folder, 'child.mjs'));
  });
  afterEach(() => Promise.all(made.splice(0).map((one) => one.close())));
  afterAll(() => rm(folder, { recursive: true }));

  const options = (env: Record<string, string> = {}, memoryMb = 512) => ({
    module,
    memoryMb,
    env: { PATH: process.env['PATH'], ...env },
  });
  function start(env: Record<string, string> = {}, memoryMb = 512): ParseProcess {
    const one = new ParseProcess(options(env, memoryMb));
    made.push(one);
    return one;
  }
  const job = (archiveName: string): ParseJob => ({
    runId: 1,
    attempt: 1,
    projectId: 1,
    archiveKey: 'k',
    archiveName,
    traceparent: null,
  });
  const never = () => new AbortController().signal;
  const parse = (one: ParseProcess, name: string) =>
    one.parse(job(name), { stop: never(), kill: never(), onProgress: () => undefined });

  it('tells how its job ended and how much memory it took', async () => {
    const outcome = await parse(start(), 'completes');
    expect(outcome).toEqual({
      kind: 'complete',
      counts: { files_parsed: 1, files_reused: 0, stanzas_created: 2 },
      peakRssBytes: expect.any(Number) as number,
    });
  });

  it.each([
    ['exits', 'exit code 9'],
    ['dies', 'SIGSEGV'],
  ])('that %s in the middle is an outcome that says how', async (name, how) => {
    expect(await parse(start(), name)).toMatchObject({
      kind: 'crashed',
      how: `it ended with ${how}.`,
      outOfMemory: false,
    });
  });

  it('that cannot even start is not blamed on its job', async () => {
    expect(await parse(start({ ENDS_AT_START: '1' }), 'completes')).toMatchObject({
      kind: 'unstarted',
      how: 'exit code 7',
    });
  });

  it('that needs more buffers than its memory is ended, and the outcome names the setting', async () => {
    const outcome = await parse(start({}, 256), 'buffers');
    expect(outcome).toMatchObject({ kind: 'crashed', outOfMemory: true });
    expect((outcome as { how: string }).how).toContain('256 MiB of memory that WORKER_CHILD_MEMORY_MB');
    expect(outcome.peakRssBytes).toBeGreaterThan(256 * 1024 * 1024);
  });

  it('whose heap is full is recognised as out of memory', async () => {
    expect(await parse(start({}, 128), 'heap')).toMatchObject({ kind: 'crashed', outOfMemory: true });
  });

  it('stops at its next chance when it is asked to', async () => {
    const stop = new AbortController();
    const controls = { stop: stop.signal, kill: never(), onProgress: () => stop.abort() };
    expect(await start().parse(job('waits'), controls)).toMatchObject({ kind: 'stopped' });
  });

  it('that does not listen is ended when it has to be', async () => {
    const [stop, kill] = [new AbortController(), new AbortController()];
    const outcome = start().parse(job('hangs'), {
      stop: stop.signal,
      kill: kill.signal,
      onProgress: () => {
        stop.abort();
        kill.abort();
      },
    });
    expect(await outcome).toMatchObject({ kind: 'crashed', outOfMemory: false });
  });

  it('is replaced after its last job, when it dies, and never used for two jobs at once', async () => {
    const pool = new ParseProcesses({ ...options(), count: 1, maxTasks: 2 });
    const controls = { stop: never(), kill: never(), onProgress: () => undefined };
    const kinds: string[] = [];
    for (const name of ['completes', 'completes', 'completes', 'dies', 'completes'])
      kinds.push((await pool.parse(job(name), controls)).kind);
    expect(kinds).toEqual(['complete', 'complete', 'complete', 'crashed', 'complete']);
    const both = await Promise.all([pool.parse(job('completes'), controls), pool.parse(job('completes'), controls)]);
    expect(both.map(({ kind }) => kind)).toEqual(['complete', 'complete']);
    await pool.close();
  });
});
