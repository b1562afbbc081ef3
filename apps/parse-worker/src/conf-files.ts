import { createHash, createHmac } from 'node:crypto';
import {
  type Diagnostic,
  findSecret,
  MASK,
  maskText,
  type Origin,
  parseConfBytes,
  type Setting,
} from '@confscope/conf-parser';
import type { ArchiveEntry } from '@confscope/archive';
import type { ParsedFile, StoredSetting, StoredSettingDetail, StoredStanza } from '@confscope/persistence';
import type { UploadSurvey } from './upload-survey.ts';

/** A conf or meta file of an archive, read and named, not parsed yet. */
export interface ConfEntry {
  origin: Origin;
  content: Buffer;
  /** Lower-case hex. */
  sha256: string;
}

/** A file of the archive that matters to a run: one to parse, or one to list because Splunk does not read it. */
export type FoundFile =
  { kind: 'conf-entry'; entry: ConfEntry } | { kind: 'ignored'; origin: Origin; bytes: number | null };

/** Reads the entry if it is a conf or meta file; null for everything else, which is not read at all. */
export async function readConfEntry(entry: ArchiveEntry, survey: UploadSurvey): Promise<FoundFile | null> {
  const origin = await survey.originOf(entry);
  if (!origin) return null;
  if (origin.kind === 'ignored') return { kind: 'ignored', origin, bytes: entry.bytes };
  const content = await entry.read();
  survey.lookInto(origin, content);
  return { kind: 'conf-entry', entry: { origin, content, sha256: createHash('sha256').update(content).digest('hex') } };
}

/** Turns conf files into what is stored of them: parsed, with every secret replaced by a mask and a keyed fingerprint. */
export class ConfFileReader {
  constructor(private readonly fingerprintKey: Buffer) {}

  read({ origin, content, sha256 }: ConfEntry): ParsedFile {
    const kind = origin.kind === 'meta' ? 'meta' : 'conf';
    const { conf } = origin;
    const { stanzas, diagnostics } = parseConfBytes(content, { kind, conf });
    // PostgreSQL stores no NUL: it is shown as its symbol, and a finding of the file says so.
    const clean = content.includes(0) ? (text: string) => text.replaceAll('\0', '\u2400') : (text: string) => text;
    const stored = stanzas.map((stanza): StoredStanza => ({
      name: clean(maskText(stanza.name)),
      line: stanza.line,
      headerLines: stanza.headerLines,
      settings: stanza.settings.map((setting) => this.#setting(kind, conf, stanza.name, setting, clean)),
    }));
    return {
      sha256,
      kind,
      conf,
      bytes: content.length,
      stanzaCount: stored.length,
      settingCount: stored.reduce((sum, stanza) => sum + stanza.settings.length, 0),
      errorCount: countOf(diagnostics, 'error'),
      warningCount: countOf(diagnostics, 'warning'),
      infoCount: countOf(diagnostics, 'info'),
      diagnostics,
      stanzas: stored,
    };
  }

  #setting(
    kind: 'conf' | 'meta',
    conf: string,
    stanza: string,
    { key, value, line, endLine, overwritten }: Setting,
    clean: (text: string) => string,
  ): StoredSetting {
    const isSecret = (text: string) => kind === 'conf' && findSecret(conf, stanza, key, text) !== null;
    const show = (text: string) => (isSecret(text) ? MASK : clean(text));
    const detail: StoredSettingDetail = {};
    if (overwritten.length > 0) detail.o = overwritten.map((earlier) => [show(earlier.value), earlier.line] as const);
    if (!isSecret(value))
      return detail.o ? [clean(key), clean(value), line, endLine, detail] : [clean(key), clean(value), line, endLine];
    detail.f = createHmac('sha256', this.fingerprintKey).update(value).digest('hex').slice(0, 32);
    return [clean(key), MASK, line, endLine, detail];
  }
}

function countOf(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.reduce((count, diagnostic) => count + (diagnostic.severity === severity ? 1 : 0), 0);
}
