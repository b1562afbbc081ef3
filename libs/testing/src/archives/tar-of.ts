import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { type ArchiveFile } from './archive-file.ts';

/** A file of a tar, or something that is no file; `rawName` writes these bytes in place of the name. */
export interface TarFile extends ArchiveFile {
  readonly type?: Header['type'];
  readonly linkname?: string;
  /** Attributes of an extended (PAX) header. */
  readonly pax?: Readonly<Record<string, string>>;
  readonly rawName?: Buffer;
  /** The type flag to write instead, for types that the packer does not know: `S` is a sparse file. */
  readonly rawType?: string;
  /** The size to write instead, in bytes. */
  readonly rawSize?: number;
}

export const tarBlockBytes = 512;

/** A tar of these files, with the two zero blocks at its end. */
export async function tarOf(files: readonly TarFile[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const file of files) parts.push(await tarEntryOf(file));
  return Buffer.concat([...parts, Buffer.alloc(2 * tarBlockBytes)]);
}

/** The same, gzipped. */
export async function tarGzOf(files: readonly TarFile[]): Promise<Buffer> {
  return gzipSync(await tarOf(files));
}

/** Header, content and padding of one file, without an end. Several of them in a row are a tar cut at a boundary. */
export async function tarEntryOf(file: TarFile): Promise<Buffer> {
  const packer = pack();
  const { path, content = '', type = 'file', linkname, pax } = file;
  const header = {
    name: path,
    type,
    mtime: new Date(0),
    ...(linkname === undefined ? {} : { linkname }),
    ...(pax === undefined ? {} : { pax }),
  };
  if (type === 'file') packer.entry(header, content);
  else packer.entry(header);
  packer.finalize();
  const parts: Buffer[] = [];
  for await (const part of packer) parts.push(part as Buffer);
  const whole = Buffer.concat(parts);
  const entry = whole.subarray(0, whole.length - 2 * tarBlockBytes);
  if (file.rawName !== undefined) entry.fill(0, 0, 100).set(file.rawName.subarray(0, 100));
  if (file.rawType !== undefined) entry.write(file.rawType, 156, 'latin1');
  if (file.rawSize !== undefined) entry.write(`${file.rawSize.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  if (file.rawName !== undefined || file.rawType !== undefined || file.rawSize !== undefined) writeTarChecksum(entry);
  return entry;
}

/** A file whose name stands in a header of its own before it, as GNU tar writes names of more than 100 bytes. */
export async function gnuLongNameOf(file: TarFile): Promise<Buffer> {
  const name = await tarEntryOf({ path: '././@LongLink', content: `${file.path}\0`, rawType: 'L' });
  return Buffer.concat([name, await tarEntryOf({ ...file, path: file.path.slice(0, 99) })]);
}

/** Makes the checksum of a header right again after its bytes were changed. */
export function writeTarChecksum(header: Buffer): void {
  header.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of header.subarray(0, tarBlockBytes)) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
