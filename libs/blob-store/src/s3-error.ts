/** What S3, or the way to it, answered instead. Holds neither keys nor what was signed, unlike the errors of the SDK. */
export class S3Failed extends Error {
  override readonly name = 'S3Failed';
}

/** The HTTP status of an error of the SDK; undefined when there was no answer at all. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

/** An error of the SDK in words that may be logged. */
export function saidByS3(what: string, error: unknown): S3Failed {
  if (error instanceof S3Failed) return error;
  const status = statusOf(error);
  const { name, message } = error as Error;
  // A connection that fails is told by the code of the system, which the SDK may leave in the message alone.
  const answer =
    status === undefined ? `no answer (${/\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? name})` : `${name} (HTTP ${status})`;
  return new S3Failed(`S3 was asked to ${what}: ${answer}.`);
}
