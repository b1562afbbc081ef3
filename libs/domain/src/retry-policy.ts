import type { ErrorType } from './fault.ts';
import { failureMessage } from './fault.ts';

/** How often and when a run that met a transient error is tried again. */
export interface RetryPolicy {
  maxRetries: number;
  /** Delay before retry 1, 2, 3 …; the last one repeats. */
  delaysMs: readonly number[];
}

/** What becomes of a run after an attempt met a transient error. */
export type RetryDecision =
  | { kind: 'retry'; retry: number; delayMs: number; message: string }
  | { kind: 'fail'; errorType: ErrorType; message: string };

/**
 * Decides between another try and the end.
 *
 * @param retriesSoFar retries already used by this task
 * @param random a number in [0, 1): adds up to 10 % to the delay, so that runs that failed together do not return together
 */
export function decideRetry(policy: RetryPolicy, retriesSoFar: number, reason: string, random: number): RetryDecision {
  if (retriesSoFar >= policy.maxRetries)
    return {
      kind: 'fail',
      errorType: 'transient_exhausted',
      message: failureMessage.exhausted(policy.maxRetries, reason),
    };
  const retry = retriesSoFar + 1;
  const base = policy.delaysMs[Math.min(retriesSoFar, policy.delaysMs.length - 1)] ?? 0;
  return {
    kind: 'retry',
    retry,
    delayMs: Math.round(base * (1 + random * 0.1)),
    message: failureMessage.waiting(retry, reason),
  };
}
