import { ConfReader } from './conf-reader.ts';
import { decoded, decodeInto } from './decode-text.ts';
import { FindingList } from './finding-list.ts';
import type { ParsedConf } from './parsed-conf.ts';

/**
 * Changes whenever the same bytes give other settings, findings or secrets, or the same paths another place. Parsed files
 * are stored under it, and what whole archives came to: so it changes as well when other files of an archive are read, or
 * when other things are told of an upload or counted.
 */
export const PARSER_VERSION = 11;

export interface ParseOptions {
  /** `meta` for metadata files, whose empty header names the app. */
  kind?: 'conf' | 'meta';
  /** The conf name, such as `props`; some findings depend on it. */
  conf?: string;
  /** Whether comment lines are kept. */
  comments?: boolean;
}

/**
 * Reads a conf or meta file as Splunk does; never throws, whatever the bytes. Stanzas of one name are merged, the last
 * value of a key wins, and what was overwritten stays visible.
 */
export function parseConfBytes(bytes: Uint8Array, options: ParseOptions = {}): ParsedConf {
  const findings = new FindingList();
  return new ConfReader(decodeInto(bytes, findings), options).read(findings);
}

/** The same for text that is decoded already; a U+FEFF at its very start is dropped. */
export function parseConf(text: string, options: ParseOptions = {}): ParsedConf {
  const content = decoded(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  return new ConfReader(content, options).read(new FindingList());
}
