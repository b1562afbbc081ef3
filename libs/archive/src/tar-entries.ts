import { types } from 'node:util';
import { type Extract, extract as createExtract, type Header } from 'tar-stream';
import { type Choice, type Choose, type ChosenEntry, type Entries } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type Budget } from './budget.ts';
import { decodeRawName } from './entry-path.ts';

/** No writer puts more extended attributes on one entry; millions of them cost seconds for every entry that follows. */
const maxPaxKeys = 1000;
const NO_KEYS: readonly string[] = [];

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
 * them ourselves. (Typings know only the options of a stream, so one of those has to be among them.)
 */
const extractOptions = { allowUnknownFormat: true, filenameEncoding: 'latin1', highWaterMark: 16 * 1024 };

/**
 * The chosen files of a tar. `chunks` are the bytes of the tar, already counted against the budget; an error they end
 * with comes through unchanged. Links and devices are left out, and their targets never looked at.
 */
export async function* tarEntries<C extends Choice>(
  chunks: AsyncIterable<Buffer>,
  budget: Budget,
  choose: Choose<C>,
): Entries<C> {
  const reader = new TarReader(budget, choose);
  try {
    for await (const chunk of chunks) {
      const entries = await reader.write(chunk);
      if (entries.length > 0) yield entries;
    }
    const rest = await reader.end();
    if (rest.length > 0) yield rest;
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

  async write(chunk: Buffer): Promise<ChosenEntry<C>[]> {
    if (!this.#extract.destroyed && !this.#extract.write(chunk)) await this.#heard('drain');
    return this.#take();
  }

  async end(): Promise<ChosenEntry<C>[]> {
    this.#extract.end(null);
    if (!this.#extract.destroyed) await this.#heard('close');
    return this.#take();
  }

  close(): void {
    this.#extract.destroy();
  }

  /** Resolves when this happens, or when nothing happens any more. */
  #heard(event: 'drain' | 'close'): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#extract.off(event, done).off('close', done);
        resolve();
      };
      this.#extract.on(event, done).on('close', done);
    });
  }

  #take(): ChosenEntry<C>[] {
    if (this.#failure) throw this.#failure.error;
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #enter(entry: TarEntry, next: () => void): void {
    const parts: Buffer[] = [];
    // Whatever ends the tar ends this too, and is told by the tar.
    entry.on('error', () => undefined);
    try {
      const choice = this.#chosen(entry.header as TarHeader);
      entry.on('end', () => {
        if (choice) this.#entries.push({ choice, content: choice.reads ? joined(parts) : null });
        next();
      });
      if (choice?.reads) entry.on('data', (part) => void parts.push(part as Buffer));
      else entry.resume();
    } catch (error) {
      this.#failure = { error };
      this.#extract.destroy();
    }
  }

  #chosen(header: TarHeader): C | null {
    this.#last = header;
    this.budget.countEntry();
    const path = admit(header, this.budget);
    const choice = path === null ? null : this.choose({ path, bytes: header.size });
    if (choice?.reads) this.budget.checkEntryBytes(header.size, path ?? '');
    return choice;
  }
}

const joined = (parts: Buffer[]): Buffer =>
  parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);

/** The path of a regular file, or null for what is left out; everything but a directory is then on record. */
function admit(header: TarHeader, budget: Budget): string | null {
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
      if (!keys.some((key) => key.startsWith('GNU.sparse.'))) return budget.admit(name)?.path ?? null;
      budget.skip(name, 'unsupported-type');
      return null;
    case 'directory':
      return null;
    case 'link':
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
