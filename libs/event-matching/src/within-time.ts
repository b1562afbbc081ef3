import { types } from 'node:util';
import { createContext, Script } from 'node:vm';

/** What was to be done took too long. */
export class TimeUp extends Error {
  override readonly name = 'TimeUp';
}

const CALL = new Script('work()');

/**
 * Does something that does not wait and may take for ever, such as matching with the regular expression of a stranger:
 * nothing else can have a turn meanwhile, so it is stopped.
 *
 * @param limitMs milliseconds
 * @throws TimeUp
 */
export function withinTime<T>(limitMs: number, work: () => T): T {
  const done: T[] = [];
  try {
    CALL.runInContext(createContext({ work: () => void done.push(work()) }), { timeout: limitMs });
  } catch (error) {
    // It is an error of the other context, whose Error is another one.
    if (types.isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new TimeUp(`It took more than ${limitMs} ms.`);
    throw error;
  }
  const [result] = done;
  return result as T;
}
