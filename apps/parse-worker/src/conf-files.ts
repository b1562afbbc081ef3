import { createHmac, hash } from 'node:crypto';
import {
  clearSecrets,
  decodeText,
  type Diagnostic,
  findSecret,
  hasLooseLines,
  keyTraits,
  MASK,
  maskConf,
  maskKey,
  maskName,
  mayHoldSecret,
  type Origin,
  parseConfBytes,
  type Setting,
} from '@confscope/conf-parser';
import type { Choice, ChosenEntry, EntryHead } from '@confscope/archive';
import {
  contentKey,
  type ManifestLine,
  type ParsedFile,
  type StoredSetting,
  type StoredSettingDetail,
  type StoredStanza,
} from '@confscope/persistence';
import { isReadAside, type UploadSurvey } from './upload-survey.ts';

/** A conf or meta file of an archive, read and named, not parsed yet. */
export interface ConfEntry {
  origin: Origin;
  content: Buffer;
  /** Lower-case hex. */
  sha256: string;
  /** Its `contentKey`. */
  key: string;
}

/** A file of the archive that matters to a run: one to parse, or one that is only listed because Splunk does not read it. */
export interface FoundFile {
  line: ManifestLine;
  entry: ConfEntry | null;
}

/** What is known of an entry of the archive that matters to a run, ahead of its content. */
export interface ConfChoice extends EntryHead, Choice {
  /** Null for what is no configuration itself. */
  origin: Origin | null;
  /** Whether the survey wants to read it. */
  isAside: boolean;
}

/** Chooses conf and meta files and what the survey reads aside; null for everything else, which is not read at all. */
export function chooseConf({ path, bytes }: EntryHead, survey: UploadSurvey): ConfChoice | null {
  // A spec says what keys mean; the survey reads it, and a run does not list it.
  const origin = survey.meet(path);
  const isAside = isReadAside({ path, bytes });
  if (!origin && !isAside) return null;
  return { path, bytes, origin, isAside, reads: isAside || origin?.kind !== 'ignored' };
}

/** What the run has to know of an entry that was chosen; null when only the survey does. */
export function foundFile({ choice, content }: ChosenEntry<ConfChoice>, survey: UploadSurvey): FoundFile | null {
  const { path, bytes, origin, isAside } = choice;
  if (isAside && content) survey.readAside(path, content);
  if (!origin || origin.kind === 'spec') return null;
  const { kind } = origin;
  if (kind === 'ignored') return { line: lineOf(origin, kind, bytes, null), entry: null };
  if (!content) throw new Error(`${path} was to be read.`);
  survey.lookInto(origin, content);
  const sha256 = hash('sha256', content);
  const key = contentKey({ sha256, kind, conf: origin.conf });
  return { line: lineOf(origin, kind, content.length, sha256), entry: { origin, content, sha256, key } };
}

function lineOf(origin: Origin, kind: ManifestLine['kind'], bytes: number | null, sha256: string | null): ManifestLine {
  const { path, conf, app, scope, layer, user, ignoredReason } = origin;
  return {
    path,
    kind,
    conf,
    app,
    scope,
    layer,
    owner: user,
    bytes,
    sha256,
    ignoredReason,
    fileId: null,
    stanzaCount: 0,
    reused: false,
  };
}

/** Turns conf files into what is stored of them: parsed, with every secret replaced by a mask and a keyed fingerprint. */
export class ConfFileReader {
  constructor(private readonly fingerprintKey: Buffer) {}

  read({ origin, content, sha256 }: ConfEntry): ParsedFile {
    const kind = origin.kind === 'meta' ? 'meta' : 'conf';
    const { conf } = origin;
    const parsed = parseConfBytes(content, { kind, conf, comments: true });
    const { stanzas, diagnostics: found } = parsed;
    // PostgreSQL stores no NUL: it is shown as its symbol, and a finding of the file says so.
    const clean = content.includes(0) ? (text: string) => text.replaceAll('\0', '\u2400') : (text: string) => text;
    const stored = stanzas.map((stanza): StoredStanza => ({
      name: clean(maskName(stanza.name)),
      line: stanza.line,
      headerLines: stanza.headerLines,
      settings: stanza.settings.map((setting) => this.#setting(conf, stanza.name, setting, clean)),
    }));
    // Where secrets stand is looked up for the few files that have any, be it in lines that are not stored.
    const diagnostics =
      stored.some(holdsMask) || hasLooseLines(found) || mayHoldSecret(parsed.comments, conf)
        ? clearSecrets(found, maskConf(decodeText(content), { kind, conf }).secrets)
        : found;
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
    conf: string,
    stanza: string,
    { key, value, line, endLine, overwritten }: Setting,
    clean: (text: string) => string,
  ): StoredSetting {
    const traits = keyTraits(key);
    const name = clean(maskKey(key, value, traits));
    const secret = findSecret(conf, stanza, key, value, traits) !== null;
    if (!secret && overwritten.length === 0) return [name, clean(value), line, endLine];
    const detail: StoredSettingDetail = {};
    if (overwritten.length > 0)
      detail.o = overwritten.map((earlier) => [
        findSecret(conf, stanza, key, earlier.value, traits) !== null ? MASK : clean(earlier.value),
        earlier.line,
      ]);
    if (!secret) return [name, clean(value), line, endLine, detail];
    detail.f = createHmac('sha256', this.fingerprintKey).update(value).digest('hex').slice(0, 32);
    return [name, MASK, line, endLine, detail];
  }
}

function holdsMask({ name, settings }: StoredStanza): boolean {
  if (name.includes(MASK)) return true;
  return settings.some(
    ([key, value, , , more]) =>
      value === MASK || key.includes(MASK) || (more?.o?.some(([earlier]) => earlier === MASK) ?? false),
  );
}

function countOf(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.reduce((count, diagnostic) => count + (diagnostic.severity === severity ? 1 : 0), 0);
}
