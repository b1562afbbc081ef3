import type { Diagnostic } from './diagnostic.ts';

/** One setting of a stanza. Lines are physical lines, from 1. */
export interface Setting {
  key: string;
  /** A continuation is a single LF in it. */
  value: string;
  line: number;
  /** Last line of a continued value. */
  endLine: number;
  /** Values of earlier occurrences of the key, oldest first: the last one wins. */
  overwritten: readonly Overwritten[];
}

export interface Overwritten {
  value: string;
  line: number;
}

/** One stanza: all occurrences of a header in a file, merged. */
export interface Stanza {
  name: string;
  /** Its first header, or the first setting of the `default` stanza when that has no header. */
  line: number;
  headerLines: number[];
  /** In the order in which the keys first appear. */
  settings: Setting[];
}

/** A conf or meta file as Splunk reads it, and what is odd about it, in the order of lines. */
export interface ParsedConf {
  stanzas: Stanza[];
  diagnostics: Diagnostic[];
}
