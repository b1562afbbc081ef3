import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import type { EtcFile } from './made-etc.ts';

/** Writes files as a gzipped tar to `target`, in the order given. Another time of change makes other bytes of it. */
export async function packEtc(files: Iterable<EtcFile>, target: string, changedAt = new Date(0)): Promise<void> {
  const packer = pack();
  const written = pipeline(packer, createGzip(), createWriteStream(target));
  for (const { path, content } of files) await addEntry(packer, path, Buffer.from(content), changedAt);
  packer.finalize();
  await written;
}

/** An entry that is written as a stream of its own waits for the compressor; one that is given whole would not. */
function addEntry(packer: Pack, path: string, content: Buffer, mtime: Date): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = packer.entry({ name: path, size: content.length, mtime }, (error) =>
      error ? reject(error) : resolve(),
    );
    entry.end(content);
  });
}
