import { createHash } from 'node:crypto';
import { findSecret, MASK, parseConfBytes, schemesOf, UploadShape } from '@confscope/conf-parser';
import {
  ConfFileStore,
  contentKey,
  type Database,
  type ManifestLine,
  type ParsedFile,
  type PublishedMetrics,
  RunPublisher,
  type StoredSetting,
} from '@confscope/persistence';
import { parsingRun, type SampleRun } from './sample-runs.ts';

/** A complete run of an upload with these files, as a worker stores one. Metrics are left out: nothing here reads them. */
export async function runOfTree(database: Database, files: Readonly<Record<string, string>>): Promise<SampleRun> {
  const run = await parsingRun(database);
  const fence = { runId: run.id, attempt: 1 };
  const shape = UploadShape.of(Object.keys(files));
  const parsed = new Map<string, ParsedFile>();
  const schemes = [];
  for (const [path, text] of Object.entries(files)) {
    const origin = shape.originOf(path);
    if (origin?.kind === 'conf' || origin?.kind === 'meta')
      parsed.set(path, parsedFile(origin.kind, origin.conf, text));
    if (origin?.kind === 'spec') {
      const { instance, app, scope } = origin;
      schemes.push({ path, instance, app, scope, names: schemesOf(text) });
    }
  }
  const ids = await new ConfFileStore(database, 1, 1).add([...parsed.values()]);
  const manifest = Object.keys(files).flatMap((path): ManifestLine[] => {
    const origin = shape.originOf(path);
    if (!origin || origin.kind === 'spec') return [];
    const file = parsed.get(path);
    const fileId = file ? (ids.get(contentKey(file)) ?? null) : null;
    const content = { fileId, sha256: file?.sha256 ?? null, bytes: files[path]?.length ?? 0 };
    const { kind, conf, app, scope, layer, user: owner, ignoredReason } = origin;
    const place = { path, kind, conf, app, scope, layer, owner, ignoredReason };
    return [{ ...place, ...content, stanzaCount: file?.stanzaCount ?? 0, reused: false }];
  });
  const layout = { instances: shape.instances(), schemes };
  const result = { lines: manifest, layout, metrics: {} as PublishedMetrics, peakRssBytes: 1, namedByArchive: false };
  await new RunPublisher(database, 1, 1).publish(fence, () => result);
  return run;
}

function parsedFile(kind: 'conf' | 'meta', conf: string, text: string): ParsedFile {
  const { stanzas, diagnostics } = parseConfBytes(Buffer.from(text), { kind, conf });
  const stored = stanzas.map(({ name, line, headerLines, settings }) => ({
    name,
    line,
    headerLines,
    settings: settings.map(({ key, value, line: at, endLine, overwritten }): StoredSetting => {
      const isSecret = findSecret(conf, name, key, value) !== null;
      const earlier = overwritten.map((old) => [old.value, old.line] as const);
      const more = { ...(earlier.length > 0 && { o: earlier }), ...(isSecret && { f: 'print' }) };
      return [key, isSecret ? MASK : value, at, endLine, more];
    }),
  }));
  const countOf = (severity: string) => diagnostics.filter((one) => one.severity === severity).length;
  return {
    sha256: createHash('sha256').update(text).digest('hex'),
    kind,
    conf,
    bytes: text.length,
    stanzaCount: stored.length,
    settingCount: stored.reduce((sum, { settings }) => sum + settings.length, 0),
    errorCount: countOf('error'),
    warningCount: countOf('warning'),
    infoCount: countOf('info'),
    diagnostics,
    stanzas: stored,
  };
}
