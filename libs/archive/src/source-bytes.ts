import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { types } from 'node:util';
import { type ArchiveSource } from './archive-source.ts';
import { HeldSource } from './held-source.ts';

/** How a source is read: what stops it, and who wants to know how far it is. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Hears how many of the compressed bytes were read, or inflated where they are. */
  readonly onProgress?: (compressedBytes: number) => void;
}

/** Passes bytes on, counts them, and fails when storage ends before it gave what it promised. */
class CountedBytes extends Transform {
  #count = 0;

  constructor(
    private readonly expectedBytes: number,
    private readonly onCount: ((bytes: number) => void) | undefined,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#count += chunk.length;
    this.onCount?.(this.#count);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    // A plain error on purpose: a short read is the storage's fault, and trying again may help.
    const short = `The storage delivered ${this.#count} of ${this.expectedBytes} bytes.`;
    done(this.#count === this.expectedBytes ? null : new Error(short));
  }
}

/**
 * Opens bytes of a source. However the returned stream ends (read out, failed, destroyed, aborted), the source's own
 * stream is destroyed with it; a storage error comes through unchanged.
 */
export function openBytes(
  source: ArchiveSource,
  range: { start: number; end: number } | undefined,
  signal: AbortSignal | undefined,
  onCount?: (bytes: number) => void,
): Readable {
  signal?.throwIfAborted();
  if (source instanceof HeldSource) {
    onCount?.(source.bytes);
    return source.open(range);
  }
  const bytes = new CountedBytes(range === undefined ? source.bytes : range.end - range.start + 1, onCount);
  const stop = (): void => void bytes.destroy(abortError(signal));
  signal?.addEventListener('abort', stop, { once: true });
  // Whoever iterates the stream sees its error; the callback only has to let go of the signal.
  pipeline(source.open(range), bytes, () => signal?.removeEventListener('abort', stop));
  return bytes;
}

/** All bytes of a source that is small enough to be held. */
export async function readWhole(source: ArchiveSource, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of openBytes(source, undefined, signal)) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function abortError(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return types.isNativeError(reason) ? reason : new Error('Reading the archive was aborted.', { cause: reason });
}
