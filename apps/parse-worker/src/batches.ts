import { type ByteBlocks, type ByteWriter, treePrefixChars } from '@confscope/persistence';
import type { FoundFile } from './conf-files.ts';

/** A batch is stored when it holds this much: large enough to be few, small enough to lose little in a crash. */
const BATCH_FILES = 1024;
const BATCH_BYTES = 2 * 1024 * 1024;
/**
 * The first one is small, and each one behind it twice as large: PostgreSQL is to have work soon. In the end each one is half
 * of what is still to come, down to this: all wait for the last one.
 */
const LEAST_BATCH_BYTES = 256 * 1024;

/** Files of an archive in the order they came. */
export interface Batch {
  /** Files that belong to one tree. */
  groups: FoundFile[][];
  /** Keeps what is in the files; it can be released when all of them are parsed. */
  contents: ByteWriter;
}

/** Cuts the files of an archive into batches, between two trees where it can: a tree that is met whole can be known. */
export class Batches {
  #batch: FoundFile[][] = [];
  #contents: ByteWriter;
  #group: FoundFile[] = [];
  /** The part of their paths that the files of the group share. */
  #prefix = '';
  readonly #batchSize = new Size();
  readonly #groupSize = new Size();
  #batchBytes = LEAST_BATCH_BYTES;
  /** Of all files so far. */
  #bytes = 0;

  /** @param share how much of the archive the files so far come from, from 0 to 1; 0 as long as nobody knows */
  constructor(
    private readonly blocks: ByteBlocks,
    private readonly share: () => number,
  ) {
    this.#contents = blocks.open();
  }

  /** Takes the next file; returns the batch before it, if that is full. */
  add(file: FoundFile): Batch | null {
    const { path } = file.line;
    const prefix = path.slice(0, treePrefixChars(path));
    if (prefix !== this.#prefix || this.#groupSize.reaches(BATCH_BYTES)) this.#closeGroup();
    this.#prefix = prefix;
    const full = this.#group.length === 0 && this.#batchSize.reaches(this.#batchBytes) ? this.#take() : null;
    if (file.entry) file.entry.content = this.#contents.copy(file.entry.content);
    this.#group.push(file);
    this.#batchSize.add(file);
    this.#groupSize.add(file);
    this.#bytes += bytesOf(file);
    return full;
  }

  /** What is left, behind the last file. */
  rest(): Batch | null {
    this.#closeGroup();
    return this.#batch.length > 0 ? this.#take() : null;
  }

  #take(): Batch {
    const batch = { groups: this.#batch, contents: this.#contents };
    this.#batch = [];
    this.#contents = this.blocks.open();
    this.#batchSize.clear();
    this.#batchBytes = Math.min(2 * this.#batchBytes, BATCH_BYTES, Math.max(LEAST_BATCH_BYTES, this.#toCome() / 2));
    return batch;
  }

  /** Bytes of the files that are still to come, if they are like those so far. */
  #toCome(): number {
    const share = this.share();
    return share > 0 ? (this.#bytes * (1 - share)) / share : Infinity;
  }

  #closeGroup(): void {
    if (this.#group.length > 0) this.#batch.push(this.#group);
    this.#group = [];
    this.#groupSize.clear();
  }
}

const bytesOf = ({ entry }: FoundFile): number => entry?.content.length ?? 0;

class Size {
  #files = 0;
  #bytes = 0;

  add(file: FoundFile): void {
    this.#files++;
    this.#bytes += bytesOf(file);
  }

  reaches(bytes: number): boolean {
    return this.#files >= BATCH_FILES || this.#bytes >= bytes;
  }

  clear(): void {
    this.#files = this.#bytes = 0;
  }
}
