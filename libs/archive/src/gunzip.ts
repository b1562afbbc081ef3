import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { types } from 'node:util';
import { ArchiveFault } from './archive-fault.ts';

/** Large pieces: each costs a trip through the thread pool. */
const chunkBytes = 256 * 1024;

/**
 * Inflates a gzip stream (several members one after the other, and zeros after them, are fine). Leaving early destroys
 * `compressed`; an error of `compressed` comes through unchanged, damage of the gzip data is an ArchiveFault.
 * `onConsumed` hears, before each chunk, how many compressed bytes all chunks so far came from.
 */
export async function* gunzip(
  compressed: Readable,
  onConsumed: (compressedBytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const inflated = createGunzip({ chunkSize: chunkBytes });
  let storageError: unknown = null;
  // When the data is damaged, the pipeline ends the storage's stream with that same error.
  compressed.once('error', (error) => {
    if (!inflated.errored) storageError ??= error;
  });
  pipeline(compressed, inflated, () => undefined);
  try {
    for await (const chunk of inflated) {
      onConsumed(inflated.bytesWritten);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw storageError === null ? gzipFault(error) : error;
  } finally {
    inflated.destroy();
    compressed.destroy();
  }
}

function gzipFault(error: unknown): unknown {
  if (!types.isNativeError(error) || !('code' in error)) return error;
  switch (error.code) {
    case 'Z_BUF_ERROR':
      return new ArchiveFault(
        'truncated',
        'The gzip data ends too early: the file is not whole. Copy it again, or pack it again as .tar.gz or .zip.',
        { cause: error },
      );
    case 'Z_DATA_ERROR':
      return /^incorrect (data|length) check$/.test(error.message)
        ? new ArchiveFault(
            'crc-mismatch',
            'The checksum of the gzip data does not match: the file is damaged. Copy it again, or pack it again.',
            { cause: error },
          )
        : new ArchiveFault(
            'corrupt',
            `The gzip data is damaged (${error.message}). Copy the file again, or pack it again as .tar.gz or .zip.`,
            { cause: error },
          );
    default:
      return error;
  }
}
