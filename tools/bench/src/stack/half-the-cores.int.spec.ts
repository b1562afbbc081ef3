import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { coresIn, onHalfTheCores } from './half-the-cores.ts';

const coresOf = (pid: number | string): number[] =>
  coresIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '');

describe('half of the cores', () => {
  it('are read from a list of ranges', () => {
    expect(coresIn('0-3,8,10-11')).toEqual([0, 1, 2, 3, 8, 10, 11]);
    expect(coresIn('')).toEqual([]);
  });

  it('are all that a process and those below it have, for as long as the work goes on', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & wait']);
    try {
      const pid = parent.pid ?? 0;
      const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      while (children() === '') await sleep(10);
      const own = coresOf('self');
      const during = await onHalfTheCores([pid], () => Promise.resolve([coresOf(pid), coresOf(children())]));
      const half = own.slice(0, own.length >> 1);
      expect(during).toEqual(own.length < 2 ? null : [half, half]);
      expect([coresOf(pid), coresOf(children())]).toEqual([own, own]);
    } finally {
      const ended = once(parent, 'exit');
      for (const one of readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').split(' '))
        if (one !== '') process.kill(Number(one));
      parent.kill();
      await ended;
    }
  });
});
