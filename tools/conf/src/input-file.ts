import type { Origin } from '@confscope/conf-parser';

/** A file to read: one that was named, or one that was found in a folder or an archive. */
export interface InputFile {
  /** As the user would name it; for one of an archive the archive's path and its own, with ":" between. */
  path: string;
  origin: Origin;
  bytes: Uint8Array;
}
