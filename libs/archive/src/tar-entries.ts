import { types } from 'node:util';
import { type Extract, extract as createExtract, type Header } from 'tar-stream';
import { type ArchiveEntry } from './archive-entry.ts';
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
 * The regular files of a tar. `chunks` are the bytes of the tar, already counted against the budget; an error they end
 * with comes through unchanged. Links and devices are left out, and their targets never looked at.
 */
export async function* tarEntries(
  chunks: AsyncIterable<Buffer>,
  budget: Budget,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const extract = createExtract(extractOptions);
  const feeding: Feeding = { failed: false, error: null };
  // It ends by itself once the reader is destroyed and the bytes stop; waiting for it here could wait for storage.
  void feed(chunks, extract, feeding);
  let last: TarHeader | null = null;
  const explain = (error: unknown): unknown => {
    if (feeding.failed) return feeding.error;
    return error instanceof ArchiveFault ? error : tarFault(error, last);
  };
  try {
    for await (const entry of extract) {
      last = entry.header as TarHeader;
      budget.countEntry();
      const path = admit(last, budget);
      const content = new TarContent(entry, path ?? '', budget, explain);
      if (path !== null) yield { path, bytes: entry.header.size, read: () => content.read() };
      await content.finish();
    }
  } catch (error) {
    throw explain(error);
  } finally {
    extract.destroy();
  }
}

interface Feeding {
  failed: boolean;
  error: unknown;
}

async function feed(chunks: AsyncIterable<Buffer>, extract: Extract, feeding: Feeding): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (extract.destroyed) return;
      if (!extract.write(chunk)) await drained(extract);
      if (extract.destroyed) return;
    }
    extract.end(null);
  } catch (error) {
    feeding.failed = true;
    feeding.error = error;
    extract.destroy(types.isNativeError(error) ? error : new Error('The bytes of the tar could not be read.'));
  }
}

/** Resolves when the tar reader wants more, or wants nothing any more. */
function drained(extract: Extract): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      extract.off('drain', done);
      extract.off('close', done);
      resolve();
    };
    extract.on('drain', done);
    extract.on('close', done);
  });
}

/** The content of an entry, which is read or run past. */
class TarContent {
  #content: Promise<Buffer> | null = null;
  #started = false;
  #over = false;

  constructor(
    private readonly entry: TarEntry,
    private readonly path: string,
    private readonly budget: Budget,
    private readonly explain: (error: unknown) => unknown,
  ) {}

  read(): Promise<Buffer> {
    if (this.#content === null && this.#over)
      return Promise.reject(new Error(`'${this.path}' must be read before the next entry is pulled.`));
    return (this.#content ??= this.#collect());
  }

  /** The reader stands on the next header only once this entry's bytes are out of the way. */
  async finish(): Promise<void> {
    this.#over = true;
    if (this.#started) await this.#content;
    else for await (const chunk of this.entry) void chunk;
  }

  async #collect(): Promise<Buffer> {
    this.budget.checkEntryBytes(this.entry.header.size, this.path);
    const parts: Buffer[] = [];
    this.#started = true;
    try {
      for await (const chunk of this.entry) parts.push(chunk as Buffer);
    } catch (error) {
      throw this.explain(error);
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }
}

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
