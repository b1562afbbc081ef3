import { types } from 'node:util';
import { type Extract, extract as createExtract, type Header } from 'tar-stream';
import { type Choice, type Choose, type ChosenEntry, type Entries } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type AdmittedPath, type Budget } from './budget.ts';
import { decodeRawName, entryPath } from './entry-path.ts';

/** No writer puts more extended attributes on one entry; millions of them cost seconds for every entry that follows. */
const maxPaxKeys = 1000;
const NO_KEYS: readonly string[] = [];
const NONE: readonly never[] = [];

/**
 * A header as tar-stream really hands it out: its own typings leave out that it does not know every type, and what an
 * extended header (global and local in one) looks like.
 */
type TarHeader = Omit<Header, 'type' | 'pax'> & {
  readonly type: Header['type'] | null;
  readonly pax: Readonly<Record<string, string>> | null;
};
type TarEntry = Extract extends AsyncIterable<infer Source> ? Source : never;

/**
 * Archives older than ustar are read as well. latin1 keeps the bytes of every name as they are, so that we can decode
 * them ourselves. With a mark as low as this a write tells when all of its bytes were looked at, however few they are.
 */
const extractOptions = { allowUnknownFormat: true, filenameEncoding: 'latin1', highWaterMark: 1 };

/**
 * The chosen files of a tar. `chunks` are the bytes of the tar, already counted against the budget; an error they end
 * with comes through unchanged. Links and devices are left out, but for hard links to files of the same tar.
 */
export async function* tarEntries<C extends Choice>(
  chunks: AsyncIterable<Buffer>,
  budget: Budget,
  choose: Choose<C>,
): Entries<C> {
  const reader = new TarReader(budget, choose);
  try {
    for await (const chunk of chunks) {
      await reader.write(chunk);
      yield* reader.taken();
    }
    await reader.end();
    yield* reader.taken();
  } finally {
    reader.close();
  }
}

/** Takes the bytes of a tar, and gives the files that have ended in them. */
class TarReader<C extends Choice> {
  readonly #extract = createExtract(extractOptions);
  #entries: ChosenEntry<C>[] = [];
  #last: TarHeader | null = null;
  #failure: { error: unknown } | null = null;

  constructor(
    private readonly budget: Budget,
    private readonly choose: Choose<C>,
  ) {
    this.#extract.on('entry', (_header, entry: TarEntry, next) => this.#enter(entry, next));
    this.#extract.on('error', (error) => (this.#failure ??= { error: tarFault(error, this.#last) }));
  }

  /** Resolves when all of these bytes were looked at. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#extract.destroyed || this.#extract.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#extract.off('drain', done).off('close', done);
        resolve();
      };
      this.#extract.on('drain', done).on('close', done);
    });
  }

  async end(): Promise<void> {
    this.#extract.end(null);
    if (!this.#extract.destroyed) await new Promise<void>((resolve) => this.#extract.once('close', resolve));
  }

  close(): void {
    this.#extract.destroy();
  }

  /** The files that have ended since the last time; then throws, if the tar has failed behind them. */
  *taken(): Generator<ChosenEntry<C>[]> {
    const entries = this.#entries;
    this.#entries = [];
    if (entries.length > 0) yield entries;
    if (this.#failure) throw this.#failure.error;
  }

  #enter(entry: TarEntry, next: () => void): void {
    const header = entry.header as TarHeader;
    // The size of a folder is how much may lie in it. No data follows, and tar-stream would wait for some.
    if (header.type === 'directory') entry.header.size = 0;
    // Whatever ends the tar ends this too, and is told by the tar.
    entry.on('error', () => undefined);
    try {
      const choices = this.#chosen(header);
      if (choices.some(({ reads }) => reads)) this.#read(entry, choices, next);
      else this.#pass(entry, choices, next);
    } catch (error) {
      this.#failure ??= { error };
      this.#extract.destroy();
    }
  }

  /** What is chosen of an entry, under each of its names. */
  #chosen(header: TarHeader): readonly C[] {
    this.#last = header;
    this.budget.countEntry();
    const file = admit(header, this.budget);
    if (file === null) return NONE;
    const { repeats } = this.budget;
    const choices: C[] = [];
    if (repeats.isFor(file)) {
      const choice = this.#choice(file.path, header.size);
      if (choice) {
        repeats.choose(file);
        choices.push(choice);
      }
    }
    for (const name of repeats.namesOf(file)) {
      this.budget.countLinked(header.size, name);
      const choice = this.#choice(name, header.size);
      if (choice) choices.push(choice);
    }
    return choices;
  }

  #choice(path: string, bytes: number): C | null {
    const choice = this.choose({ path, bytes });
    if (choice?.reads) this.budget.checkEntryBytes(bytes, path);
    return choice;
  }

  #read(entry: TarEntry, choices: readonly C[], next: () => void): void {
    const parts: Buffer[] = [];
    entry.on('data', (part) => void parts.push(part as Buffer));
    entry.on('end', () => {
      const content = joined(parts);
      for (const choice of choices) this.#entries.push({ choice, content: choice.reads ? content : null });
      next();
    });
  }

  #pass(entry: TarEntry, choices: readonly C[], next: () => void): void {
    entry.on('end', () => {
      for (const choice of choices) this.#entries.push({ choice, content: null });
      next();
    });
    entry.resume();
  }
}

const joined = (parts: Buffer[]): Buffer =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);

/** A regular file, or null for what is left out; everything but a directory is then on record. */
function admit(header: TarHeader, budget: Budget): AdmittedPath | null {
  // tar-stream has decoded the name of an extended header already, as UTF-8; all others are raw bytes.
  const name = header.pax?.path === undefined ? decodeRawName(header.name) : header.name;
  const keys = header.pax ? Object.keys(header.pax) : NO_KEYS;
  if (keys.length > maxPaxKeys)
    throw new ArchiveFault('corrupt', `The extended header of '${name}' has more than ${maxPaxKeys} keys.`, {
      entry: name,
    });
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      if (!keys.some((key) => key.startsWith('GNU.sparse.'))) return budget.admit(name);
      budget.skip(name, 'unsupported-type');
      return null;
    case 'directory':
      return null;
    case 'link':
      admitLink(name, header, budget);
      return null;
    case 'symlink':
      budget.skip(name, 'link');
      return null;
    case 'character-device':
    case 'block-device':
    case 'fifo':
      budget.skip(name, 'device');
      return null;
    default:
      budget.skip(name, 'unsupported-type');
      return null;
  }
}

/** A hard link has no content of its own: it is given with the file that it stands for, by a second reading. */
function admitLink(name: string, { linkname, pax }: TarHeader, budget: Budget): void {
  const target = pax?.linkpath ?? decodeRawName(linkname ?? '');
  const [link, file] = [name, target].map((one) => entryPath(one, budget.limits));
  const isKnown = link && file && 'path' in link && 'path' in file && budget.repeats.link(link.path, file.path);
  if (!isKnown) budget.skip(name, 'link');
}

function tarFault(cause: unknown, last: TarHeader | null): ArchiveFault {
  const entry = last === null ? null : decodeRawName(last.name);
  const where = entry === null ? 'at its first entry' : `after the entry '${entry}'`;
  // tar-stream gives its errors no codes; this is the one message of a stream that ends within an entry.
  if (types.isNativeError(cause) && cause.message === 'Unexpected end of data')
    return new ArchiveFault(
      'truncated',
      `The tar ends within or ${where}: it is not whole. Copy it again, or pack it again.`,
      {
        entry,
        cause,
      },
    );
  if (last !== null && last.type == null)
    return new ArchiveFault(
      'unsupported-format',
      `The tar cannot be read on ${where}, which is of a kind not known here (a sparse file?). Pack it again without --sparse.`,
      { entry, cause },
    );
  return new ArchiveFault('corrupt', `The tar is damaged ${where}: the next header is not valid. Pack it again.`, {
    entry,
    cause,
  });
}
