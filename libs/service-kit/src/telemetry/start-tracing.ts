import { isTraced } from './is-traced.ts';

/**
 * Starts tracing in a process that measures nothing of its own, as the standard variables say. To be awaited before
 * anything is imported that is to be instrumented. A process that is not traced loads nothing for it.
 */
export async function startTracing(): Promise<void> {
  if (!isTraced(process.env)) return;
  const { startTracer } = await import('./start-tracer.ts');
  await startTracer();
}
