import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunRow } from '@confscope/persistence';
import { eventOf, EventStream } from './event-stream.ts';
import { RunWatcher } from './run-watcher.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const run = (fields: Partial<RunRow>): RunRow =>
  ({ id: 1, status: 'parsing', created_at: NOW, started_at: NOW, progress: null, metrics: null, ...fields }) as RunRow;

describe('an event stream', () => {
  let server: Server;
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** What a reader gets when these states come one after the other. */
  async function read(states: (RunRow | null)[], lastId?: string): Promise<string> {
    server = createServer((_request, response) => {
      const stream = new EventStream(response, lastId, 1234.5);
      for (const state of states) stream.tell(state);
      stream.part();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  }
  const ids = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

  it('tells every state once, and ends with the run', async () => {
    const [first, done] = [run({}), run({ status: 'complete' })];
    const text = await read([first, first, done, done]);
    expect(ids(text)).toEqual([eventOf(first).id, eventOf(done).id]);
    expect(text).toContain('event: run\ndata: {"id":1,');
  });

  it('does not tell again what the reader knows', async () => {
    const [first, done] = [run({}), run({ status: 'failed' })];
    expect(ids(await read([first, done], eventOf(first).id))).toEqual([eventOf(done).id]);
  });

  it('parts from its reader when the server stops, who is told when to ask again', async () => {
    const first = run({});
    const text = await read([first]);
    expect(text).toMatch(/^: .*\nretry: 123[45]\n\nid: /);
    expect(text).toMatch(/\n\n: this server stops.*\n\n$/);
    expect(ids(text)).toEqual([eventOf(first).id]);
  });

  it('ends when the run is deleted', async () => {
    expect(await read([run({}), null])).toContain('event: deleted');
  });
});

describe('the watcher of runs', () => {
  it('asks one question for all who watch, and none when nobody does', async () => {
    const asked: number[][] = [];
    const find = (list: number[]) => {
      asked.push(list);
      return Promise.resolve(list.filter((id) => id === 1).map((id) => run({ id })));
    };
    const watcher = new RunWatcher(find, () => undefined);
    const deleted = new Promise<void>((resolve) => {
      const stops = [1, 1, 2].map((id) =>
        watcher.watch(id, (one) => {
          expect(one?.id ?? 2).toBe(id);
          if (one !== null) return;
          for (const stop of stops) stop();
          resolve();
        }),
      );
    });
    expect(watcher.watchers).toBe(3);
    await deleted;
    expect(asked.at(-1)).toEqual([1, 2]);
    expect(watcher.watchers).toBe(0);
  });
});
