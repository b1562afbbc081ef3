import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Readable } from 'node:stream';
import { type ArchiveSource } from './archive-source.ts';

const highWaterMarkBytes = 256 * 1024;

/** An archive that lies in a file. */
export class FileArchiveSource implements ArchiveSource {
  private constructor(
    private readonly path: string,
    readonly name: string,
    readonly bytes: number,
  ) {}

  /** Looks at the file's size; `name` is the uploaded name where the file is stored under another one. */
  static async at(path: string, name = basename(path)): Promise<FileArchiveSource> {
    return new FileArchiveSource(path, name, (await stat(path)).size);
  }

  open(range?: { start: number; end: number }): Readable {
    return createReadStream(this.path, { ...range, highWaterMark: highWaterMarkBytes });
  }
}
