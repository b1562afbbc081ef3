import type { ErrorType } from './fault.ts';

/** Counts of a run's findings by severity. */
export interface DiagnosticCounts {
  error: number;
  warning: number;
  info: number;
}

/** What a finished run reports of itself; stored as `runs.metrics`, in the shape that the API answers with. */
export interface RunMetrics {
  duration_seconds: number;
  retry_count: number;
  error_type: ErrorType | null;
  /** conf and metadata files of the run, parsed now or before. */
  files_parsed: number;
  /** Of those, how many were known by their content and not parsed again. */
  files_reused: number;
  /** Stanzas of conf and metadata files together. */
  stanzas_created: number;
  conf_files: number;
  conf_stanzas: number;
  conf_settings: number;
  meta_files: number;
  meta_stanzas: number;
  meta_settings: number;
  /** `.conf` and `.meta` files that Splunk does not read. */
  files_ignored: number;
  /** Entries of the archive, of any kind. */
  entries: number;
  archive_bytes: number;
  diagnostics: DiagnosticCounts;
}

/** How far the current attempt has come; stored as `runs.progress`. */
export interface RunProgress {
  bytes_done: number;
  files: number;
  stanzas: number;
}
