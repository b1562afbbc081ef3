import { type ArchiveEntry, type ArchiveReport } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type ArchiveLimits } from './archive-limits.ts';
import { type ArchiveSource } from './archive-source.ts';
import { Budget } from './budget.ts';
import { contentKind, headBytes } from './content-kind.ts';
import { gunzip } from './gunzip.ts';
import { notAnArchive, singleEntry } from './single-entry.ts';
import { openBytes, type ReadOptions } from './source-bytes.ts';
import { SourceReader } from './source-reader.ts';
import { tarEntries } from './tar-entries.ts';
import { zipEntries } from './zip-entries.ts';
import { findZipEnd } from './zip-end.ts';

const repack = 'Pack the files again as .tar.gz or .zip';

/** The regular files of an archive, one at a time, and what the reading came to. */
export interface OpenArchive extends AsyncIterable<ArchiveEntry> {
  /** May be asked at any time; complete once the iteration has ended. */
  report(): ArchiveReport;
}

/**
 * Reads a tar, a gzipped tar, a zip, or a single `.conf`/`.meta` file (plain or gzipped); which of them it is, the
 * content decides. Nothing is unpacked to disk. It can be iterated once, and leaving the loop lets go of the source.
 *
 * The iteration, and the `read` of an entry, throw an {@link ArchiveFault} when the archive is at fault, the abort
 * reason of `signal`, or the storage's own error, unchanged.
 */
export function openArchive(source: ArchiveSource, limits: ArchiveLimits, options: ReadOptions = {}): OpenArchive {
  const budget = new Budget(limits);
  const entries = untilAborted(archiveEntries(source, budget, options), options.signal);
  return { [Symbol.asyncIterator]: () => entries, report: () => budget.report() };
}

/** A small archive is read ahead whole, so the signal is asked at every entry and not only while bytes are waited for. */
async function* untilAborted(
  entries: AsyncGenerator<ArchiveEntry, void, undefined>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for await (const entry of entries) {
    yield entry;
    signal?.throwIfAborted();
  }
}

async function* archiveEntries(
  source: ArchiveSource,
  budget: Budget,
  options: ReadOptions,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  options.signal?.throwIfAborted();
  if (source.bytes === 0) throw notAnArchive('it is empty', 'Choose the file again');
  const reader = new SourceReader(source, options.signal);
  try {
    const head = await reader.readAt(0, Math.min(headBytes, source.bytes));
    const content = contentKind(head);
    switch (content.kind) {
      case 'tar':
      case 'gzip':
        reader.close();
        return yield* streamedEntries(source, budget, options, content.kind === 'gzip');
      case 'zip':
        return yield* zipEntries(source, reader, budget, options);
      case 'split-zip':
        throw new ArchiveFault(
          'unsupported-format',
          `The file is one part of a split zip. Pack it again in one piece.`,
        );
      case 'foreign':
        throw notAnArchive(`it looks like ${content.what}`, repack);
      case 'unknown':
        if ((await findZipEnd(source, reader, budget.limits)) !== null)
          return yield* zipEntries(source, reader, budget, options);
        reader.close();
        return yield* streamedEntries(source, budget, options, false);
    }
  } finally {
    reader.close();
  }
}

/** Everything that is read from front to end: a tar or a single file, gzipped or not. */
async function* streamedEntries(
  source: ArchiveSource,
  budget: Budget,
  options: ReadOptions,
  gzipped: boolean,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  // What was inflated is judged by the bytes it came from, not by those that were only read ahead.
  let compressedBytes = gzipped ? 0 : source.bytes;
  const bytes = openBytes(source, undefined, options.signal, options.onProgress);
  const chunks: AsyncIterable<Buffer> = gzipped ? gunzip(bytes, (consumed) => (compressedBytes = consumed)) : bytes;
  const counted = new HeadedChunks(counting(chunks, budget, () => compressedBytes));
  try {
    const head = await counted.head();
    const content = contentKind(head);
    if (content.kind === 'tar') {
      budget.format = gzipped ? 'tar.gz' : 'tar';
      return yield* tarEntries(counted, budget);
    }
    if (gzipped && head.length === 0) throw notAnArchive('it is a gzip of nothing', 'Choose the file again');
    if (content.kind !== 'unknown')
      throw notAnArchive(
        `inside the gzip it looks like ${content.kind === 'foreign' ? content.what : `another archive (${content.kind})`}`,
        repack,
      );
    budget.format = gzipped ? 'gzip' : 'single';
    const name = gzipped ? source.name.replace(/\.gz$/i, '') : source.name;
    yield singleEntry(name, gzipped ? null : source.bytes, head, counted, budget);
  } finally {
    bytes.destroy();
    await counted.close();
  }
}

async function* counting(
  chunks: AsyncIterable<Buffer>,
  budget: Budget,
  compressedBytes: () => number,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    budget.countInflated(chunk.length, compressedBytes(), null);
    yield chunk;
  }
}

/** Chunks whose first bytes can be looked at before the rest is read. */
class HeadedChunks implements AsyncIterable<Buffer> {
  readonly #chunks: AsyncGenerator<Buffer, void, undefined>;
  #looked: Buffer[] = [];

  constructor(chunks: AsyncGenerator<Buffer, void, undefined>) {
    this.#chunks = chunks;
  }

  async head(): Promise<Buffer> {
    let bytes = 0;
    while (bytes < headBytes) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      this.#looked.push(next.value);
      bytes += next.value.length;
    }
    return Buffer.concat(this.#looked).subarray(0, headBytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    yield* this.#looked.splice(0);
    yield* this.#chunks;
  }

  /** The stream below must be destroyed first: a generator that waits for bytes ends only when they do. */
  async close(): Promise<void> {
    await this.#chunks.return();
  }
}
