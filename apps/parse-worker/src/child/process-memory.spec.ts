import { forgetPeakRss, oomCounters, oomKills, peakRss, rssOf } from './process-memory.ts';

describe('the memory of a process', () => {
  it('is what the kernel says it is', () => {
    const rss = rssOf(process.pid);
    // Where there is no /proc, nobody tells.
    if (process.platform === 'linux') expect(rss).toBeGreaterThan(10 * 1024 * 1024);
    else expect(rss).toBeNull();
  });

  it('is unknown of a process that has ended', () => {
    expect(rssOf(2 ** 30)).toBeNull();
  });
});

describe('the most memory of this process', () => {
  const MIB = 1024 * 1024;

  it('is that since it was last forgotten', () => {
    forgetPeakRss();
    const before = peakRss();
    const large = new ArrayBuffer(256 * MIB);
    new Uint8Array(large).fill(1);
    large.transfer(0);
    expect(peakRss() - before).toBeGreaterThan(200 * MIB);
    forgetPeakRss();
    // Where there is no /proc, nothing is forgotten.
    if (process.platform === 'linux') expect(peakRss() - before).toBeLessThan(100 * MIB);
  });
});

describe('the count of processes that the kernel ended', () => {
  it('is that of the control group where there is one, and of the machine otherwise', () => {
    expect(oomCounters('0::/kubepods/pod1\n')).toEqual([
      '/sys/fs/cgroup/kubepods/pod1/memory.events',
      '/sys/fs/cgroup/memory.events',
      '/proc/vmstat',
    ]);
    expect(oomCounters('12:cpu:/a\n4:memory:/docker/7\n0::/\n')).toEqual([
      '/sys/fs/cgroup/memory.events',
      '/sys/fs/cgroup/memory.events',
      '/sys/fs/cgroup/memory/docker/7/memory.oom_control',
      '/sys/fs/cgroup/memory/memory.oom_control',
      '/proc/vmstat',
    ]);
    expect(oomCounters('')).toEqual(['/proc/vmstat']);
  });

  it('can be read on Linux', () => {
    expect(oomKills()).toEqual(process.platform === 'linux' ? expect.any(Number) : null);
  });
});
