import { type Readable } from 'node:stream';

/** Where an archive's bytes come from: a file, an object in S3, a buffer. */
export interface ArchiveSource {
  /** The name of the file as it was uploaded. It names a single configuration file; it never decides the format. */
  readonly name: string;
  /** How many bytes there are in all. */
  readonly bytes: number;
  /** A fresh stream of all bytes, or of those from `start` up to and including `end`. */
  open(range?: { start: number; end: number }): Readable;
}
