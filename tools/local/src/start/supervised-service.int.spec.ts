import { once, EventEmitter } from 'node:events';
import { freePort, isAlive, waitForExit } from '@confscope/local-services';
import { SupervisedService, type SuperviseLimits } from './supervised-service.ts';

const SERVER = `
  const server = require('node:http').createServer((request, response) => response.end());
  server.listen(process.env.PORT, '127.0.0.1', () => console.log('up ' + process.pid));
  process.on('disconnect', () => process.exit(0));
`;
const policy = { firstDelayMs: 10, maxDelayMs: 20, healthyAfterMs: 60_000, maxFailedStarts: 3 };

/** A service made of a script, whose lines and notes can be awaited. */
async function supervise(script: string, limits: Partial<SuperviseLimits> = {}) {
  const port = await freePort();
  const said = new EventEmitter();
  const notes: string[] = [];
  const voice = {
    line: (text: string) => void said.emit('line', text),
    note: (text: string) => void (notes.push(text), said.emit('note', text)),
  };
  const env = { ...process.env, PORT: String(port) };
  const service = new SupervisedService({ name: 'tiny', args: ['-e', script], env, port }, voice, {
    policy,
    ...limits,
  });
  return { service, said, notes };
}

describe('a supervised service', () => {
  let service: SupervisedService;
  afterEach(() => service.stop());

  it('is started again after it was killed', async () => {
    const tiny = await supervise(SERVER);
    service = tiny.service;
    await service.start();
    const first = service.pid ?? 0;
    const again = once(tiny.said, 'line');
    process.kill(first, 'SIGKILL');
    expect(await again).toEqual([`up ${service.pid}`]);
    expect(service.pid).not.toBe(first);
    expect(tiny.notes).toEqual([expect.stringMatching(/^ended unexpectedly \(SIGKILL\); starting it again in 0.01 s/)]);
  });

  it('that dies at once again and again is given up with its last words', async () => {
    service = (await supervise('console.error("no database"); process.exit(7)')).service;
    const ready = service.start();
    await expect(ready).rejects.toThrow(/tiny ended 3 times without becoming ready \(exit code 7\)[^]*no database/);
    await expect(service.ended).rejects.toThrow('without becoming ready');
  });

  it('that never becomes ready is killed and given up', async () => {
    service = (await supervise('setInterval(() => {}, 1000)', { readyWithinMs: 50 })).service;
    await expect(service.start()).rejects.toThrow('(SIGKILL)');
  });

  it('is asked to end, and is not started again', async () => {
    const tiny = await supervise(`${SERVER} process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });`);
    service = tiny.service;
    await service.start();
    const pid = service.pid ?? 0;
    const goodbye = once(tiny.said, 'line');
    await service.stop();
    expect(await goodbye).toEqual(['bye']);
    expect([isAlive(pid), tiny.notes]).toEqual([false, []]);
  });

  it('that ignores the request is killed with the processes it started', async () => {
    const stubborn = `${SERVER} process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn('sleep', ['600']); console.log('child ' + child.pid);`;
    const tiny = await supervise(stubborn, { stopWithinMs: 100 });
    service = tiny.service;
    const lines: string[] = [];
    tiny.said.on('line', (line: string) => lines.push(line));
    await service.start();
    await service.stop();
    const child = Number(lines.find((line) => line.startsWith('child'))?.slice(6));
    expect(child).toBeGreaterThan(0);
    expect(await waitForExit(child, 5_000)).toBe(true);
  });
});
