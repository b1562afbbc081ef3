import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { commandLine, isAlive } from '@confscope/local-services';
import { StartRefused } from './start-refused.ts';

/**
 * Makes this process the only runner of a data folder. Replies how to give the lock back. The lock of a runner that was
 * killed is taken over.
 */
export async function takeRunLock(file: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number.parseInt(readFileSync(file, 'utf8'), 10);
    // The number of a dead runner may belong to another program by now; ours is a Node.
    if (owner > 0 && owner !== process.pid && isAlive(owner) && /\bnode\b/.test(await commandLine(owner))) {
      throw new StartRefused(
        `Confscope already runs from this checkout (process ${owner}). Stop it with Ctrl-C in its terminal, or: kill ${owner}`,
      );
    }
    rmSync(file, { force: true });
  }
}
