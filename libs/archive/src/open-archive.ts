import {
  type ArchiveReport,
  type Repeats,
  type Choice,
  type Choose,
  type ChosenEntry,
  type Entries,
} from './archive-entry.ts';
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

/** How an archive is read. */
export interface OpenOptions extends ReadOptions {
  /** What the report of an earlier reading of the same archive says of it, with the same choices. */
  repeats?: Repeats | null;
}

/** The chosen files of an archive, and what the reading came to. */
export interface OpenArchive<C extends Choice> extends AsyncIterable<readonly ChosenEntry<C>[]> {
  /** May be asked at any time; complete once the iteration has ended. */
  report(): ArchiveReport;
}

/**
 * Reads a tar, a gzipped tar, a zip, or a single `.conf`/`.meta` file (plain or gzipped); which of them it is, the
 * content decides. Nothing is unpacked to disk. It can be iterated once, and leaving the loop lets go of the source.
 *
 * What was read before a fault is given before it is thrown. The iteration throws an {@link ArchiveFault} when the archive is at fault (an entry that is damaged, encrypted or larger
 * than `maxEntryBytes` only when it is to be read), the abort reason of `signal`, what `choose` throws, or the storage's own
 * error, unchanged.
 */
export function openArchive<C extends Choice>(
  source: ArchiveSource,
  limits: ArchiveLimits,
  choose: Choose<C>,
  options: OpenOptions = {},
): OpenArchive<C> {
  const budget = new Budget(limits, options.repeats);
  const entries = entriesOf(source, budget, choose, options);
  return { [Symbol.asyncIterator]: () => entries, report: () => budget.report() };
}

/** An archive whose format is known. */
interface Recognised<C extends Choice> {
  entries: Entries<C>;
  /** Lets go of the source. */
  close: () => Promise<void> | void;
}

async function* entriesOf<C extends Choice>(
  source: ArchiveSource,
  budget: Budget,
  choose: Choose<C>,
  options: ReadOptions,
): Entries<C> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { entries, close } = await recognise(source, budget, choose, options);
  try {
    for await (const some of entries) {
      // A small archive is read ahead whole, so the signal is asked here and not only while bytes are waited for.
      signal?.throwIfAborted();
      yield some;
    }
    signal?.throwIfAborted();
  } finally {
    await close();
  }
}

async function recognise<C extends Choice>(
  given: ArchiveSource,
  budget: Budget,
  choose: Choose<C>,
  options: ReadOptions,
): Promise<Recognised<C>> {
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
      return { entries: zipEntries(source, reader, budget, choose, options), close: () => reader.close() };
    }
    return await recogniseStream(source, budget, choose, options, content.kind === 'gzip');
  } finally {
    if (!isZip) reader.close();
  }
}

/** Everything that is read from front to end: a tar or a single file, gzipped or not. */
async function recogniseStream<C extends Choice>(
  source: ArchiveSource,
  budget: Budget,
  choose: Choose<C>,
  options: ReadOptions,
  gzipped: boolean,
): Promise<Recognised<C>> {
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
      return { entries: tarEntries(counted, budget, choose), close };
    }
    if (gzipped && head.length === 0) throw notAnArchive('it is a gzip of nothing', 'Choose the file again');
    if (content.kind !== 'unknown')
      throw notAnArchive(
        `inside the gzip it looks like ${content.kind === 'foreign' ? content.what : `another archive (${content.kind})`}`,
        repack,
      );
    budget.format = gzipped ? 'gzip' : 'single';
    const name = gzipped ? source.name.replace(/\.gz$/i, '') : source.name;
    return { entries: singleEntry(name, gzipped ? null : source.bytes, head, counted, budget, choose), close };
  } catch (error) {
    await close();
    throw error;
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
