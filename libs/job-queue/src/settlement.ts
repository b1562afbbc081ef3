/** What the handler of a job wants to become of its message. */
export type Settlement =
  /** The job needs nothing more: acknowledge and delete. */
  | { kind: 'done' }
  /** Look at it again after a delay. */
  | { kind: 'retry'; delayMs: number }
  /** Somebody else shall take it, now. */
  | { kind: 'hand-back' };
