import { type ArchiveEntry } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type Budget } from './budget.ts';
import { ChunkReader, UnexpectedEnd } from './chunk-reader.ts';
import { decodeName } from './entry-path.ts';
import { BadTarHeader, readPaxRecords, readTarHeader, type TarHeader, untilNul } from './tar-header.ts';

const blockBytes = 512;
/** No writer puts more extended attributes on one entry; millions of them cost seconds for every entry that follows. */
const maxPaxKeys = 1000;
/** Names and attributes of an entry; far more than any writer makes, and little enough to hold. */
const maxExtendedBytes = 4 * 1024 * 1024;

/** An entry with everything that the extended headers before it said. */
interface TarEntry {
  header: TarHeader;
  name: string;
  size: number;
  /** Keys of its extended attributes. */
  keys: readonly string[];
}

/**
 * The regular files of a tar. `chunks` are the bytes of the tar, already counted against the budget; an error they end
 * with comes through unchanged. Links and devices are left out, and their targets never looked at.
 */
export async function* tarEntries(
  chunks: AsyncIterable<Buffer>,
  budget: Budget,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const bytes = new ChunkReader(chunks);
  const extended = new ExtendedHeaders();
  let last: TarEntry | null = null;
  try {
    for (;;) {
      const block = bytes.take(blockBytes) ?? (await bytes.read(blockBytes));
      if (block === null) return;
      const header = readTarHeader(block);
      if (header === null) continue;
      if (isExtension(header)) {
        extended.add(header, await extensionOf(header, bytes));
        continue;
      }
      const entry = (last = extended.apply(header));
      if (!(entry.size >= 0)) throw new BadTarHeader();
      budget.countEntry();
      const number = admit(entry, budget);
      const path = number === null ? '' : budget.path(number);
      const content = new TarContent(bytes, path, entry, budget);
      if (number !== null) yield { path, bytes: entry.size, read: () => content.read() };
      const left = content.finish();
      if (left !== null) await left;
    }
  } catch (error) {
    throw explained(error, last);
  }
}

class TarContent {
  #content: Promise<Buffer> | null = null;
  #over = false;

  constructor(
    private readonly bytes: ChunkReader,
    private readonly path: string,
    private readonly entry: TarEntry,
    private readonly budget: Budget,
  ) {}

  read(): Promise<Buffer> {
    if (this.#content === null && this.#over)
      return Promise.reject(new Error(`'${this.path}' must be read before the next entry is pulled.`));
    return (this.#content ??= this.#collect());
  }

  /** Runs past what was not read, and past the padding; null when that is done already. */
  finish(): Promise<void> | null {
    this.#over = true;
    const padding = (blockBytes - (this.entry.size % blockBytes)) % blockBytes;
    if (this.#content === null) {
      const left = this.bytes.skipNow(this.entry.size + padding);
      return left === 0 ? null : this.bytes.skip(left);
    }
    return this.#content.then(() => this.bytes.skip(padding));
  }

  async #collect(): Promise<Buffer> {
    this.budget.checkEntryBytes(this.entry.size, this.path);
    // Copied: a window would keep its whole chunk, of which it may be the only part that anybody wants.
    const window = this.bytes.take(this.entry.size);
    if (window !== null) return Buffer.from(window);
    try {
      const content = await this.bytes.read(this.entry.size);
      if (content === null) throw new UnexpectedEnd();
      return content;
    } catch (error) {
      throw explained(error, this.entry);
    }
  }
}

/** What headers that stand before an entry say of it. */
class ExtendedHeaders {
  #global: Readonly<Record<string, string>> = {};
  #pax: Readonly<Record<string, string>> | null = null;
  #longPath: string | null = null;

  add({ type }: TarHeader, body: Buffer): void {
    if (type === 'long-path') this.#longPath = decodeName(untilNul(body));
    else if (type === 'pax-global-header') this.#global = readPaxRecords(body);
    else if (type === 'pax-header') this.#pax = { ...this.#global, ...readPaxRecords(body) };
  }

  apply(header: TarHeader): TarEntry {
    const pax = this.#pax ?? {};
    // An extended header is UTF-8 by definition; all other names are raw bytes.
    const name = pax['path'] ?? this.#longPath ?? decodeName(header.name);
    const size = pax['size'] === undefined ? header.size : parseInt(pax['size'], 10);
    this.#pax = null;
    this.#longPath = null;
    return { header, name, size: header.type === 'directory' ? 0 : size, keys: Object.keys(pax) };
  }
}

function isExtension({ type }: TarHeader): boolean {
  return type === 'pax-header' || type === 'pax-global-header' || type === 'long-path' || type === 'long-link-path';
}

async function extensionOf({ size }: TarHeader, bytes: ChunkReader): Promise<Buffer> {
  if (!(size >= 0 && size <= maxExtendedBytes)) throw new BadTarHeader();
  const body = size === 0 ? Buffer.alloc(0) : (bytes.take(size) ?? (await bytes.read(size)));
  if (body === null) throw new UnexpectedEnd();
  const copy = Buffer.from(body);
  await bytes.skip((blockBytes - (size % blockBytes)) % blockBytes);
  return copy;
}

/** The number of a regular file, or null for what is left out; everything but a directory is then on record. */
function admit({ header, name, keys }: TarEntry, budget: Budget): number | null {
  if (keys.length > maxPaxKeys)
    throw new ArchiveFault('corrupt', `The extended header of '${name}' has more than ${maxPaxKeys} keys.`, {
      entry: name,
    });
  switch (header.type) {
    case 'file':
      if (!keys.some((key) => key.startsWith('GNU.sparse.'))) return budget.admit(name);
      budget.skip(name, 'unsupported-type');
      return null;
    case 'directory':
      return null;
    case 'link':
    case 'device':
      budget.skip(name, header.type);
      return null;
    default:
      budget.skip(name, 'unsupported-type');
      return null;
  }
}

/** Faults of the tar itself name the entry before them; everything else passes through. */
function explained(error: unknown, last: TarEntry | null): unknown {
  const entry = last === null ? null : last.name;
  const where = entry === null ? 'at its first entry' : `after the entry '${entry}'`;
  if (error instanceof UnexpectedEnd)
    return new ArchiveFault(
      'truncated',
      `The tar ends within or ${where}: it is not whole. Copy it again, or pack it again.`,
      { entry },
    );
  if (!(error instanceof BadTarHeader)) return error;
  if (last?.header.type === 'unknown')
    return new ArchiveFault(
      'unsupported-format',
      `The tar cannot be read on ${where}, which is of a kind not known here (a sparse file?). Pack it again without --sparse.`,
      { entry },
    );
  return new ArchiveFault('corrupt', `The tar is damaged ${where}: the next header is not valid. Pack it again.`, {
    entry,
  });
}
