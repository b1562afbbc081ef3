import { type ArchiveEntry, type ArchiveReport } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type ArchiveLimits } from './archive-limits.ts';
import { type ArchiveSource } from './archive-source.ts';
import { Budget } from './budget.ts';
import { contentKind, headBytes } from './content-kind.ts';
import { gunzip } from './gunzip.ts';
import { HELD_BYTES, HeldSource } from './held-source.ts';
import { notAnArchive, singleEntry } from './single-entry.ts';
import { openBytes, type ReadOptions, readWhole } from './source-bytes.ts';
import { SourceReader } from './source-reader.ts';
import { tarEntries } from './tar-entries.ts';
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
  const entries = new Entries(() => recognise(source, budget, options), options.signal);
  return { [Symbol.asyncIterator]: () => entries, report: () => budget.report() };
}

/** An archive whose format is known. */
interface Recognised {
  entries: AsyncGenerator<ArchiveEntry, void, undefined>;
  /** Lets go of the source. */
  close: () => Promise<void> | void;
}

/**
 * The entries of an archive that is opened when the first is asked for. This is an iterator by hand because every
 * generator around another one costs each of a million entries several turns of the loop.
 */
class Entries implements AsyncIterableIterator<ArchiveEntry, void, undefined> {
  #archive: Recognised | null = null;
  #over = false;

  constructor(
    private readonly open: () => Promise<Recognised>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async next(): Promise<IteratorResult<ArchiveEntry, void>> {
    if (this.#over) return { done: true, value: undefined };
    try {
      // A small archive is read ahead whole, so the signal is asked here and not only while bytes are waited for.
      this.signal?.throwIfAborted();
      this.#archive ??= await this.open();
      const result = await this.#archive.entries.next();
      if (result.done === true) await this.return();
      return result;
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorReturnResult<void>> {
    if (!this.#over) {
      this.#over = true;
      await this.#archive?.entries.return();
      await this.#archive?.close();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

async function recognise(given: ArchiveSource, budget: Budget, options: ReadOptions): Promise<Recognised> {
  if (given.bytes === 0) throw notAnArchive('it is empty', 'Choose the file again');
  const { name, bytes } = given;
  const source = bytes > HELD_BYTES ? given : new HeldSource(name, await readWhole(given, options.signal));
  const reader = new SourceReader(source, options.signal);
  let isZip = false;
  try {
    const content = contentKind(await reader.readAt(0, Math.min(headBytes, source.bytes)));
    if (content.kind === 'split-zip')
      throw new ArchiveFault('unsupported-format', `The file is one part of a split zip. Pack it again in one piece.`);
    if (content.kind === 'foreign') throw notAnArchive(`it looks like ${content.what}`, repack);
    isZip =
      content.kind === 'zip' ||
      (content.kind === 'unknown' && (await findZipEnd(source, reader, budget.limits)) !== null);
    if (isZip) {
      // What reads zips takes 10 MiB: who is given none does without.
      const { zipEntries } = await import('./zip-entries.ts');
      return { entries: zipEntries(source, reader, budget, options), close: () => reader.close() };
    }
    return await recogniseStream(source, budget, options, content.kind === 'gzip');
  } finally {
    if (!isZip) reader.close();
  }
}

/** Everything that is read from front to end: a tar or a single file, gzipped or not. */
async function recogniseStream(
  source: ArchiveSource,
  budget: Budget,
  options: ReadOptions,
  gzipped: boolean,
): Promise<Recognised> {
  // What was inflated is judged by the bytes it came from, not by those that were only read ahead.
  let compressedBytes = gzipped ? 0 : source.bytes;
  const consume = (consumed: number): void => {
    compressedBytes = consumed;
    options.onProgress?.(consumed);
  };
  const bytes = openBytes(source, undefined, options.signal, gzipped ? undefined : options.onProgress);
  const chunks: AsyncIterable<Buffer> = gzipped ? gunzip(bytes, consume) : bytes;
  const counted = new HeadedChunks(counting(chunks, budget, () => compressedBytes));
  const close = async (): Promise<void> => {
    bytes.destroy();
    await counted.close();
  };
  try {
    const head = await counted.head();
    const content = contentKind(head);
    if (content.kind === 'tar') {
      budget.format = gzipped ? 'tar.gz' : 'tar';
      return { entries: tarEntries(counted, budget), close };
    }
    if (gzipped && head.length === 0) throw notAnArchive('it is a gzip of nothing', 'Choose the file again');
    if (content.kind !== 'unknown')
      throw notAnArchive(
        `inside the gzip it looks like ${content.kind === 'foreign' ? content.what : `another archive (${content.kind})`}`,
        repack,
      );
    budget.format = gzipped ? 'gzip' : 'single';
    const name = gzipped ? source.name.replace(/\.gz$/i, '') : source.name;
    return { entries: oneEntry(singleEntry(name, gzipped ? null : source.bytes, head, counted, budget)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- entries are iterated as those of a stream, one as well as many
async function* oneEntry(entry: ArchiveEntry): AsyncGenerator<ArchiveEntry, void, undefined> {
  yield entry;
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
