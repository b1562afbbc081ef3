import { Readable } from 'node:stream';
import unzipper, { type File } from 'unzipper';
import { ArchiveFault } from './archive-fault.ts';
import { type SourceReader } from './source-reader.ts';
import { type ZipEnd } from './zip-end.ts';

const recordSignature = 0x02014b50;
const recordBytes = 46;
const endBytes = 22;
/** unzipper looks for the end record in this many last bytes, and takes the first match. */
const endSearchBytes = 80;
/** How much of the directory is decoded at once: unzipper's objects for a million entries would take a gigabyte. */
const windowBytes = 64 * 1024;

/** An entry as the central directory describes it. */
export type ZipRecord = File;

/** The records of a central directory, decoded by unzipper a window at a time, so that memory stays flat. */
export async function* zipRecords(
  reader: SourceReader,
  end: ZipEnd,
): AsyncGenerator<readonly ZipRecord[], void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  while (offset < end.directoryBytes) {
    const length = Math.min(windowBytes, end.directoryBytes - offset);
    const bytes = Buffer.concat([rest, await reader.readAt(end.directoryStart + offset, length)]);
    offset += length;
    const { count, used } = wholeRecords(bytes);
    if (count > 0) yield await decode(bytes.subarray(0, used), count);
    rest = bytes.subarray(used);
  }
  if (rest.length > 0) throw damagedDirectory();
}

/** How many whole records there are at the start of these bytes, and how many bytes they take. */
function wholeRecords(bytes: Buffer): { count: number; used: number } {
  let count = 0;
  let used = 0;
  while (used + recordBytes <= bytes.length) {
    if (bytes.readUInt32LE(used) !== recordSignature) throw damagedDirectory();
    const names = bytes.readUInt16LE(used + 28) + bytes.readUInt16LE(used + 30) + bytes.readUInt16LE(used + 32);
    if (used + recordBytes + names > bytes.length) break;
    used += recordBytes + names;
    count += 1;
  }
  return { count, used };
}

/** Lets unzipper read whole records, as the directory of a small zip that has nothing but a directory. */
async function decode(records: Buffer, count: number): Promise<readonly ZipRecord[]> {
  const end = Buffer.alloc(endSearchBytes);
  const at = endSearchBytes - endBytes;
  end.writeUInt32LE(0x06054b50, at);
  end.writeUInt16LE(count, at + 8);
  end.writeUInt16LE(count, at + 10);
  end.writeUInt32LE(records.length, at + 12);
  const zip = Buffer.concat([records, end]);
  const { files } = await unzipper.Open.custom({
    size: () => Promise.resolve(zip.length),
    stream: (offset) => Readable.from([zip.subarray(offset)]),
  });
  return files;
}

function damagedDirectory(): ArchiveFault {
  return new ArchiveFault(
    'corrupt',
    'The zip is damaged: its list of entries cannot be read. Copy it again, or pack it again as .tar.gz or .zip.',
  );
}
