/** A file to put into an archive: its path, and its content as text or bytes. */
export interface ArchiveFile {
  readonly path: string;
  readonly content?: string | Buffer;
}
