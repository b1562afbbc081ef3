import {
  clearSecrets,
  decodeText,
  type Diagnostic,
  type FoundSecret,
  maskConf,
  type Origin,
  parseConfBytes,
  type Stanza,
} from '@confscope/conf-parser';
import type { FoundFile } from './found-file.ts';

/** A conf or meta file, read. */
export interface ReadConf {
  path: string;
  origin: Origin;
  stanzas: Stanza[];
  /** All of them, those about secrets in clear text too. */
  diagnostics: Diagnostic[];
  secrets: FoundSecret[];
  /** The text line by line, with its secrets masked. */
  maskedLines: string[];
}

/** Reads a file, and finds what is wrong and what is secret in it. */
export async function readConf(found: FoundFile): Promise<ReadConf> {
  const { path, origin } = found;
  const bytes = await found.read();
  const options = { kind: origin.kind === 'meta' ? 'meta' : 'conf', conf: origin.conf } as const;
  const { stanzas, diagnostics } = parseConfBytes(bytes, options);
  const { text, secrets } = maskConf(decodeText(bytes), options);
  return {
    path,
    origin,
    stanzas,
    diagnostics: clearSecrets(diagnostics, secrets),
    secrets,
    maskedLines: text.split('\n'),
  };
}
