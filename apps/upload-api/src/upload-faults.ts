import { BlobTooLarge } from '@confscope/blob-store';
import { Problem } from '@confscope/service-kit';

/** The sender went away before the whole request had arrived. */
export class UploadInterrupted extends Error {
  override readonly name = 'UploadInterrupted';
}

/** 413, with the limit by its name. */
export const tooLarge = (maxBytes: number): Problem =>
  new Problem(
    413,
    'upload_too_large',
    `The file is larger than ${maxBytes} bytes, which is the most this service takes (UPLOAD_MAX_BYTES).`,
    [{ field: 'file', message: 'The file is too large.' }],
  );

const NO_SPACE = ['ENOSPC', 'EDQUOT'];

/**
 * What to tell a sender whose file could not be kept: the file, the sender or the storage is to blame.
 *
 * @param ping asks the storage whether it is there
 */
export async function keepingFailed(error: unknown, ping: () => Promise<void>): Promise<unknown> {
  if (error instanceof BlobTooLarge) return tooLarge(error.maxBytes);
  if (error instanceof Problem || error instanceof UploadInterrupted) return error;
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'string' && NO_SPACE.includes(code))
    return new Problem(
      507,
      'storage_full',
      'The archive storage is full; nothing of this upload was kept. Make room, then send the file again.',
    );
  const isThere = await ping().then(
    () => true,
    () => false,
  );
  if (isThere) return error;
  return new Problem(
    503,
    'storage_unavailable',
    'The archive storage cannot be reached; nothing of this upload was kept. Send the file again later.',
  );
}
