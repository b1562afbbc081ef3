import { crc32, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { types } from 'node:util';
import { type Choice, type Choose, type ChosenEntry, type Entries } from './archive-entry.ts';
import { ArchiveFault } from './archive-fault.ts';
import { type ArchiveSource } from './archive-source.ts';
import { type Budget } from './budget.ts';
import { decodeName, printableName } from './entry-path.ts';
import { type ReadOptions } from './source-bytes.ts';
import { type SourceReader } from './source-reader.ts';
import { overlappingEntries, ZipDirectory, type ZipFile } from './zip-directory.ts';
import { findZipEnd } from './zip-end.ts';

const localSignature = 0x04034b50;
const localHeaderBytes = 30;
const encryptedFlag = 0x1;
/** The local header has no sizes and no checksum; they follow the data (APPNOTE 4.4.4, bit 3). */
const descriptorFlag = 0x8;
const stored = 0;
const deflated = 8;
/** Files are given out together up to this much. */
const togetherBytes = 256 * 1024;
const togetherFiles = 1024;
/** The compressed form may be a little larger than the content, but not by more than deflate's own overhead. */
const maxOverheadBytes = 1024 * 1024;

const methodNames: Readonly<Record<number, string>> = {
  1: 'shrink',
  6: 'implode',
  9: 'deflate64',
  12: 'bzip2',
  14: 'lzma',
  93: 'zstd',
  95: 'xz',
  98: 'ppmd',
  99: 'AES encryption',
};

/** The chosen files of a zip, in the order of their bytes. Only what is read is inflated. */
export async function* zipEntries<C extends Choice>(
  source: ArchiveSource,
  reader: SourceReader,
  budget: Budget,
  choose: Choose<C>,
  options: ReadOptions,
): Entries<C> {
  budget.format = 'zip';
  const end = await findZipEnd(source, reader, budget.limits);
  if (end === null)
    throw new ArchiveFault(
      'truncated',
      'The zip has no list of entries at its end: the file is not whole. Copy it again, or pack it again.',
    );
  const directory = await ZipDirectory.read(reader, end, budget);
  const content = new ZipContent(reader, budget);
  let entries: ChosenEntry<C>[] = [];
  let bytes = 0;
  try {
    for (const file of directory.files()) {
      options.signal?.throwIfAborted();
      options.onProgress?.(file.start);
      const choice = choose({ path: file.path, bytes: file.bytes });
      if (!choice) continue;
      entries.push({ choice, content: choice.reads ? await content.read(file) : null });
      bytes += choice.reads ? file.bytes : 0;
      if (bytes < togetherBytes && entries.length < togetherFiles) continue;
      const full = entries;
      entries = [];
      bytes = 0;
      yield full;
    }
  } catch (error) {
    if (entries.length > 0) yield entries;
    throw error;
  }
  options.onProgress?.(source.bytes);
  if (entries.length > 0) yield entries;
}

/** Reads files of one zip, one after the other. */
class ZipContent {
  #compressedBytes = 0;

  constructor(
    private readonly reader: SourceReader,
    private readonly budget: Budget,
  ) {}

  async read(file: ZipFile): Promise<Buffer> {
    if ((file.flags & encryptedFlag) !== 0)
      throw new ArchiveFault('encrypted', `The file '${file.path}' is encrypted. Pack it again without a password.`, {
        entry: file.path,
      });
    if (file.method !== stored && file.method !== deflated) throw unsupportedMethod(file);
    this.budget.checkEntryBytes(file.bytes, file.path);
    this.budget.checkEntryBytes(file.compressedBytes - maxOverheadBytes, file.path);
    this.#compressedBytes += file.compressedBytes;
    this.budget.countInflated(file.bytes, this.#compressedBytes, file.path);
    const start = await this.#dataStart(file);
    if (start + file.compressedBytes > file.limit) throw overlappingEntries(file.path);
    const data = await this.reader.readAt(start, file.compressedBytes);
    const content = file.method === stored ? data : inflate(data, file);
    if (content.length !== file.bytes) throw sizeMismatch(file);
    if (crc32(content) !== file.crc32) throw damaged('crc-mismatch', file, 'its checksum does not match');
    return content;
  }

  /** Checks that the local header agrees with the directory, and finds where the data begins. */
  async #dataStart(file: ZipFile): Promise<number> {
    const header = await this.reader.readAt(file.start, localHeaderBytes);
    if (header.readUInt32LE(0) !== localSignature) throw headerMismatch(file, 'is missing');
    const flags = header.readUInt16LE(6);
    const nameBytes = header.readUInt16LE(26);
    const start = file.start + localHeaderBytes + nameBytes + header.readUInt16LE(28);
    if (start > file.limit) throw overlappingEntries(file.path);
    const name = decodeName(await this.reader.readAt(file.start + localHeaderBytes, nameBytes));
    if (!sameName(name, file.path)) throw headerMismatch(file, `names '${printableName(name)}'`);
    if (((flags ^ file.flags) & encryptedFlag) !== 0) throw headerMismatch(file, 'disagrees about encryption');
    if (header.readUInt16LE(8) !== file.method) throw headerMismatch(file, 'has another compression method');
    if ((flags & descriptorFlag) === 0) {
      if (header.readUInt32LE(14) !== file.crc32) throw headerMismatch(file, 'has another checksum');
      if (!sameSize(header.readUInt32LE(18), file.compressedBytes)) throw headerMismatch(file, 'has another size');
      if (!sameSize(header.readUInt32LE(22), file.bytes)) throw headerMismatch(file, 'has another size');
    }
    return start;
  }
}

/** Both names went through the same decoding; the directory's was normalised as well. */
function sameName(local: string, path: string): boolean {
  const segments = local.replaceAll('\\', '/').split('/');
  return segments.filter((segment) => segment !== '' && segment !== '.').join('/') === path;
}

/** A size of all ones stands in a zip64 field instead; the content itself is measured in the end. */
function sameSize(local: number, bytes: number): boolean {
  return local === 0xffffffff || local === bytes;
}

function inflate(data: Buffer, file: ZipFile): Buffer {
  const options: ZlibOptions = {
    // One byte more than promised is enough to notice that there is more.
    maxOutputLength: file.bytes + 1,
    chunkSize: Math.max(64, Math.min(file.bytes + 1, 1024 * 1024)),
    info: true,
  };
  try {
    // With `info`, zlib also tells how much of its input it used; the typings know only the plain form.
    const result = inflateRawSync(data, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    if (result.engine.bytesWritten !== data.length) throw sizeMismatch(file);
    return result.buffer;
  } catch (error) {
    if (error instanceof ArchiveFault) throw error;
    if (types.isNativeError(error) && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw sizeMismatch(file);
    throw damaged('corrupt', file, 'its compressed data cannot be read', error);
  }
}

function sizeMismatch(file: ZipFile): ArchiveFault {
  return damaged('size-mismatch', file, `its content is not the ${file.bytes} bytes the archive promises`);
}

function headerMismatch(file: ZipFile, what: string): ArchiveFault {
  return damaged('header-mismatch', file, `the header before its data ${what}`);
}

function damaged(
  code: 'corrupt' | 'crc-mismatch' | 'size-mismatch' | 'header-mismatch',
  file: ZipFile,
  what: string,
  cause?: unknown,
): ArchiveFault {
  const message = `The file '${file.path}' in the zip is damaged: ${what}. Copy the zip again, or pack it again.`;
  return new ArchiveFault(code, message, { entry: file.path, cause });
}

function unsupportedMethod(file: ZipFile): ArchiveFault {
  const name = methodNames[file.method] ?? `method ${file.method}`;
  return new ArchiveFault(
    'unsupported-compression',
    `The file '${file.path}' is compressed with ${name}, which cannot be read. Pack it again with deflate, the usual way.`,
    { entry: file.path },
  );
}
