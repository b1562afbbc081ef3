/** What the handler of a job wants to become of its message. */
export type Settlement =
  /** The job needs nothing more: acknowledge and delete. */
  { kind: 'done' } | GiveBack;

/** The job needs more. */
export type GiveBack =
  /** Look at it again after a delay. */
  | { kind: 'retry'; delayMs: number }
  /** Somebody else shall take it, now, as a new message. */
  | { kind: 'hand-back' }
  /**
   * Nothing is known to have happened to the run: somebody else shall take this very message over, now, as if we had
   * fallen silent. A claim that may stand under its id can then be renewed.
   */
  | { kind: 'release' };
