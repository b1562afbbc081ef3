import type { Diagnostic } from './diagnostic.ts';

/**
 * One setting of a stanza. Lines are physical lines, from 1: whoever has the text gets the raw text and the comments
 * of a setting or a stanza by them (see `linesOf`), and nobody else pays for keeping them.
 */
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

/** One stanza: all occurrences of a header in a file, merged. That of a parsed file makes its settings when asked. */
export interface Stanza {
  name: string;
  /** Its first header, or the first setting of the `default` stanza when that has no header. */
  line: number;
  /** The first of the comment lines that stand directly above; `line` when there are none. */
  commentLine: number;
  headerLines: number[];
  /** In the order in which the keys first appear. */
  settings: Setting[];
}

/** A conf or meta file as Splunk reads it, and what is odd about it, in the order of lines. */
export interface ParsedConf {
  stanzas: Stanza[];
  diagnostics: Diagnostic[];
  /** Its comment lines without the blanks before them, if they were asked for. */
  comments: string[];
}
