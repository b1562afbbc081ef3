import { randomUUID } from 'node:crypto';
import {
  ConfFileStore,
  contentKey,
  type Database,
  type ManifestLine,
  type ParsedFile,
  RunClaims,
  RunPublisher,
  UploadRuns,
} from '@confscope/persistence';

export interface SampleRun {
  id: number;
  taskId: string;
}

const FILE: ParsedFile = {
  sha256: 'aa',
  kind: 'conf',
  conf: 'props',
  bytes: 40,
  stanzaCount: 2,
  settingCount: 3,
  errorCount: 0,
  warningCount: 1,
  infoCount: 0,
  diagnostics: [{ code: 'duplicate-key', severity: 'warning', line: 4 }],
  stanzas: [
    { name: 'default', line: 1, headerLines: [1], settings: [['TRUNCATE', '10', 3, 3, { o: [['0', 2]] }]] },
    {
      name: 'web',
      line: 4,
      headerLines: [4, 9],
      settings: [
        ['KV_MODE', 'None', 5, 5],
        ['password', '********', 6, 7, { f: 'print' }],
      ],
    },
  ],
};

const line = (path: string, fileId: number | null, app: string): ManifestLine => ({
  path,
  fileId,
  kind: fileId === null ? 'ignored' : 'conf',
  conf: 'props',
  app: fileId === null ? null : app,
  scope: fileId === null ? null : 'app',
  layer: fileId === null ? null : 'local',
  owner: null,
  bytes: 40,
  sha256: fileId === null ? null : 'aa',
  stanzaCount: fileId === null ? 0 : 2,
  reused: false,
  ignoredReason: fileId === null ? 'backup-folder' : null,
});

/** A run whose archive is stored, waiting for a worker. */
export async function storedRun(database: Database, label: string | null = null): Promise<SampleRun> {
  const uploads = new UploadRuns(database);
  const begun = { queue: 'default', archiveName: 'etc.tgz', idempotencyKey: null, receiver: 'api', traceparent: null };
  const id = (await uploads.begin({ ...begun, queue: 'default' })) ?? 0;
  const taskId = randomUUID();
  const archive = { archiveKey: `runs/${id}`, sha256: 'ab', bytes: 3, type: 'ds_etc', notes: null } as const;
  await uploads.store({ runId: id, label, queue: 'default', taskId, ...archive });
  return { id, taskId };
}

/** A run that a worker holds. */
export async function parsingRun(database: Database, label: string | null = null): Promise<SampleRun> {
  const run = await storedRun(database, label);
  const holder = { worker: 'w1', delivery: 'default/1-0', silenceMs: 60_000, traceId: null, reclaimed: false };
  await new RunClaims(database).claim({ runId: run.id, taskId: run.taskId, ...holder });
  return run;
}

/** A run that failed. */
export async function failedRun(database: Database): Promise<SampleRun> {
  const run = await parsingRun(database);
  const failure = { errorType: 'permanent', message: 'Permanent error: no', traceback: 'at x', metrics: {} } as const;
  const fence = { runId: run.id, attempt: 1 };
  await new RunClaims(database).fail(fence, { ...failure, outcome: 'failed', peakRssBytes: null });
  return run;
}

/** A complete run of the apps `a` and `b`, two stanzas each, and an ignored file. */
export async function completeRun(database: Database, label: string | null = null): Promise<SampleRun> {
  const run = await parsingRun(database, label);
  const ids = await new ConfFileStore(database, 1, 1).add([FILE]);
  const fileId = ids.get(contentKey(FILE)) ?? 0;
  const manifest = [
    line('etc/apps/a/local/props.conf', fileId, 'a'),
    line('etc/apps/b/local.old/props.conf', null, 'b'),
    line('etc/apps/b/local/props.conf', fileId, 'b'),
  ];
  const metrics = {
    error_type: null,
    files_parsed: 2,
    files_reused: 0,
    stanzas_created: 4,
    conf_files: 2,
    conf_stanzas: 4,
    conf_settings: 6,
    meta_files: 0,
    meta_stanzas: 0,
    meta_settings: 0,
    files_ignored: 1,
    entries: 3,
    archive_bytes: 3,
    diagnostics: { error: 0, warning: 2, info: 0 },
  };
  const result = { lines: manifest, layout: null, metrics, peakRssBytes: 1, namedByArchive: false };
  await new RunPublisher(database, 1, 1).publish({ runId: run.id, attempt: 1 }, () => result);
  return run;
}
