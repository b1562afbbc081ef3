import { Readable } from 'node:stream';
import type { ArchiveSource } from './archive-source.ts';
import { openBytes } from './source-bytes.ts';

/** A source of at most this size is asked for once. */
const HELD_BYTES = 64 * 1024;

/** A small source from memory, so that looking at it and reading it is one request to the storage; a large one as it is. */
export async function heldIfSmall(source: ArchiveSource, signal: AbortSignal | undefined): Promise<ArchiveSource> {
  const { name, bytes } = source;
  if (bytes > HELD_BYTES) return source;
  const chunks: Buffer[] = [];
  for await (const chunk of openBytes(source, undefined, signal)) chunks.push(chunk as Buffer);
  const whole = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  return { name, bytes, open: (range) => Readable.from([range ? whole.subarray(range.start, range.end + 1) : whole]) };
}
