import type { Origin } from '@confscope/conf-parser';

/** A file that was named, or found in a folder or an archive, and that is configuration by its name. */
export interface FoundFile {
  /** As the user would name it; for one of an archive the archive's path and its own, with ":" between. */
  path: string;
  origin: Origin;
  /** The folder or archive that it was found in; null for a file that was named itself. */
  tree: string | null;
  /** The content of a file that was said to be read. */
  read(): Promise<Uint8Array>;
}

/** Whether Splunk reads it where it lies. */
export function isConfiguration({ kind }: Origin): boolean {
  return kind === 'conf' || kind === 'meta';
}
