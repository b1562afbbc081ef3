/** When a service that ended is started again. */
export interface RestartPolicy {
  firstDelayMs: number;
  maxDelayMs: number;
  /** A service that lived this long has earned a fresh start: its next delay is the first one again. */
  healthyAfterMs: number;
  /** So many ends in a row without ever having been ready mean that it cannot start here. */
  maxFailedStarts: number;
}

/** The policy of `npm start`. */
export const RESTART_POLICY: RestartPolicy = {
  firstDelayMs: 1_000,
  maxDelayMs: 30_000,
  healthyAfterMs: 60_000,
  maxFailedStarts: 5,
};

/** What has happened to a service so far. */
export interface RestartHistory {
  /** Ends in a row since it last lived long enough. */
  ends: number;
  wasEverReady: boolean;
}

/** Decides after an end: how long to wait, or to give up; and the history from then on. */
export function afterEnd(
  policy: RestartPolicy,
  history: RestartHistory,
  livedMs: number,
): { history: RestartHistory; delayMs: number | 'give up' } {
  const ends = livedMs >= policy.healthyAfterMs ? 1 : history.ends + 1;
  const next = { ...history, ends };
  if (!history.wasEverReady && ends >= policy.maxFailedStarts) return { history: next, delayMs: 'give up' };
  return { history: next, delayMs: Math.min(policy.firstDelayMs * 2 ** (ends - 1), policy.maxDelayMs) };
}
