/**
 * The class of an error, as a run shows it (`error_type`): whose fault it was and whether trying again could help.
 *
 * - `permanent`: the upload itself; the same bytes will fail again.
 * - `transient`: something around it (database, storage, network); a retry is scheduled.
 * - `transient_exhausted`: it stayed away for all retries.
 * - `timeout`: the run took longer than its time limit.
 * - `crash`: the process that parsed it died, too often.
 * - `out_of_memory`: the process that parsed it outgrew its memory cap.
 * - `cancelled`: somebody asked for it.
 * - `upload_interrupted`: the upload never arrived whole.
 */
export const ERROR_TYPES = [
  'permanent',
  'transient',
  'transient_exhausted',
  'timeout',
  'crash',
  'out_of_memory',
  'cancelled',
  'upload_interrupted',
] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

/**
 * A failure whose cause is known. `code` is stable and for machines; `message` is a sentence for the person who
 * uploaded. It may name paths, entries and stanzas, and never a setting's value.
 */
export class Fault extends Error {
  override readonly name: string = 'Fault';

  constructor(
    readonly kind: 'permanent' | 'transient',
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The upload is to blame: the run fails at once. */
export function permanentFault(code: string, message: string, cause?: unknown): Fault {
  return new Fault('permanent', code, message, { cause });
}

/** Something around the upload is to blame: the run is tried again. */
export function transientFault(code: string, message: string, cause?: unknown): Fault {
  return new Fault('transient', code, message, { cause });
}

/** How a run says each way to fail. These sentences are part of the API: clients and alerts show them. */
export const failureMessage = {
  permanent: (reason: string) => `Permanent error: ${reason}`,
  waiting: (retry: number, reason: string) => `Transient error (retry ${retry}): ${reason}`,
  /** Not counted as a retry. `away` names what the worker cannot reach; none when it was away only for a moment. */
  interrupted: (away: readonly string[], reason: string) =>
    away.length > 0
      ? `Transient error: the worker cannot reach ${away.join(' and ')} and goes on when it can: ${reason}`
      : `Transient error: interrupted, and tried again at once: ${reason}`,
  /** Not counted as a retry either: it is tried again until there is room. */
  noRoom: (reason: string) =>
    `Transient error: PostgreSQL has no room left on its disk; tried again every half minute until it has: ${reason}`,
  exhausted: (retries: number, reason: string) => `Failed after ${retries} retries: ${reason}`,
  timeout: () => 'Task exceeded time limit',
  crash: (times: number, last: string) => `The worker process died ${times} times on this run: ${last}`,
  lost: (times: number) =>
    `The worker process died ${times} times on this run: the worker fell silent. See its log, or that of the kernel.`,
  quarantined: (sha256: string, crashes: number, runId: number, last: string) =>
    `Permanent error: these exact bytes (SHA-256 ${sha256}) ended the process that parsed them ${crashes} times, the last time in run ${runId}: ${last} They are in quarantine. DELETE /v1/quarantine/${sha256} lifts it; then parse the run again.`,
  uploadInterrupted: (bytes: number) =>
    `The upload was interrupted after ${bytes} bytes; nothing of it was kept. Upload the file again.`,
} as const;
