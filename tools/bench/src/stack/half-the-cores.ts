import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs the work while these processes and all below them have one half of the cores only, as a machine half as large would
 * give them.
 *
 * @returns null where that cannot be had: with a single core, or where there is no `taskset`, which Linux has
 */
export async function onHalfTheCores<T>(pids: readonly number[], work: () => Promise<T>): Promise<T | null> {
  const cores = ownCores();
  if (cores.length < 2) return null;
  const all = () => pids.flatMap(familyOf);
  try {
    pin(all(), cores.slice(0, cores.length >> 1));
    return await work();
  } finally {
    pin(all(), cores);
  }
}

/** The cores that this process may use; none where the system does not tell. */
function ownCores(): number[] {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return coresIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '');
  } catch {
    return [];
  }
}

/** The numbers in a list such as `0-3,8`. */
export function coresIn(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return list === '' ? [] : Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Threads of a process inherit where it may run only when they begin, so all of them are told. */
function pin(pids: readonly number[], cores: readonly number[]): void {
  for (const pid of pids)
    try {
      execFileSync('taskset', ['-a', '-p', '-c', cores.join(','), String(pid)], { stdio: 'ignore' });
    } catch {
      // It has ended meanwhile.
    }
}

function familyOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return [pid, ...children.flatMap(familyOf)];
  } catch {
    return [];
  }
}
