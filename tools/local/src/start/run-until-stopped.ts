import { type LocalLayout } from './local-layout.ts';
import { runLocal } from './run-local.ts';
import { readRunSettings } from './run-settings.ts';
import { StartRefused } from './start-refused.ts';
import { StopOrder } from './stop-order.ts';

const INTERRUPTED = 130;

/**
 * `npm start`: runs everything until a signal, a failure, or the end of the process that started us. The first signal
 * stops in order, the second one at once. Resolves with the exit code.
 */
export async function runUntilStopped(layout: LocalLayout): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const order = new StopOrder();
  const abort = new AbortController();
  const asked = Promise.withResolvers<number>();
  const onSignal = (code: number): void => {
    if (abort.signal.aborted) {
      order.killAll();
      process.exit(INTERRUPTED);
    }
    print('\nStopping … (Ctrl-C again stops at once)');
    abort.abort();
    asked.resolve(code);
  };
  process.on('SIGINT', () => onSignal(0));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal(0));
  // The parent that gave us this channel is gone: nobody would ever stop us.
  process.once('disconnect', () => onSignal(1));
  // A terminal that was closed must not keep us from ending what we started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let code: number;
  try {
    const starting = runLocal({
      layout,
      settings: readRunSettings(process.env),
      env: process.env,
      print,
      abort: abort.signal,
      order,
    });
    // A signal during the start ends the services that are waited for, which ends the start.
    void asked.promise.then(() => order.stopAll(print));
    const { failed } = await starting;
    code = await Promise.race([asked.promise, failed]);
  } catch (error) {
    code = abort.signal.aborted ? await asked.promise : 1;
    if (!abort.signal.aborted) process.stderr.write(`\n${explain(error)}\n`);
  }
  await order.stopAll(print);
  return code;
}

function explain(error: unknown): string {
  if (error instanceof StartRefused) return error.message;
  return error instanceof Error ? error.message : String(error);
}
