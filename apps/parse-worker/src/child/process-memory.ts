import { readFileSync, writeFileSync } from 'node:fs';

/** Memory that a process occupies now, in bytes; null where the system does not tell (no /proc) or it has ended. */
export function rssOf(pid: number): number | null {
  const kib = numberIn(textOf(`/proc/${pid}/status`), /^VmRSS:\s+(\d+) kB$/m);
  return kib === null ? null : kib * 1024;
}

/**
 * Most memory that this process has occupied, in bytes: since {@link forgetPeakRss} on Linux, since its start where there is
 * no /proc.
 */
export function peakRss(): number {
  const kib = numberIn(textOf('/proc/self/status'), /^VmHWM:\s+(\d+) kB$/m);
  return (kib ?? process.resourceUsage().maxRSS) * 1024;
}

/** What was occupied before counts no more; see `clear_refs` in proc(5). */
export function forgetPeakRss(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The peak stays that of the whole process then, and is never too low.
  }
}

/** The file that tells how many, once one has told: the others are not asked again for every job. */
let oomCounter: string | undefined;

/**
 * How many processes the kernel has ended so far because memory ran out: of our control group where there is one, of the
 * machine otherwise; null where the system does not tell. A process killed while this number grew was one of them.
 */
export function oomKills(): number | null {
  for (const file of oomCounter === undefined ? oomCounters(textOf('/proc/self/cgroup')) : [oomCounter]) {
    const count = numberIn(textOf(file), /^oom_kill (\d+)$/m);
    if (count === null) continue;
    oomCounter = file;
    return count;
  }
  return null;
}

/** Files that may hold the count, the nearest first. In a container the path of the group may not be visible to us. */
export function oomCounters(selfCgroup: string): string[] {
  const v2 = /^0::(\/.*)$/m.exec(selfCgroup)?.[1];
  const v1 = /^\d+:memory:(\/.*)$/m.exec(selfCgroup)?.[1];
  return [
    ...(v2 === undefined ? [] : [`/sys/fs/cgroup${trimmed(v2)}/memory.events`, '/sys/fs/cgroup/memory.events']),
    ...(v1 === undefined
      ? []
      : [`/sys/fs/cgroup/memory${trimmed(v1)}/memory.oom_control`, '/sys/fs/cgroup/memory/memory.oom_control']),
    '/proc/vmstat',
  ];
}

const trimmed = (path: string): string => (path === '/' ? '' : path);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function numberIn(text: string, pattern: RegExp): number | null {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}
