export {
  type ArchiveFormat,
  type ArchiveReport,
  type Choice,
  type Choose,
  type ChosenEntry,
  type EntryHead,
  type Repeats,
  SKIP_REASONS,
  type SkippedEntry,
  type SkipReason,
} from './archive-entry.ts';
export { ARCHIVE_FAULT_CODES, ArchiveFault, type ArchiveFaultCode } from './archive-fault.ts';
export { type ArchiveLimits } from './archive-limits.ts';
export { type ArchiveSource } from './archive-source.ts';
export { contentKind, type ContentKind } from './content-kind.ts';
export { isJunkName } from './entry-path.ts';
export { FileArchiveSource } from './file-archive-source.ts';
export { openArchive, type OpenArchive, type OpenOptions } from './open-archive.ts';
export { type ReadOptions } from './source-bytes.ts';
