import { openBlobStore } from '@confscope/blob-store';
import { Fault } from '@confscope/domain';
import { Database, type DatabaseTrouble, troubleOf } from '@confscope/persistence';
import { loadConfig } from '@confscope/service-kit/settings';
import { contextOf, keepTrace, shutDownTelemetry } from '@confscope/service-kit/tracing';
import { trustCaFile } from '@confscope/service-kit/trust';
import { context } from '@opentelemetry/api';
import { ConfFileReader } from '../conf-files.ts';
import { ParseRun } from '../parse-run.ts';
import { childSettings } from '../settings.ts';
import { forgetPeakRss, peakRss } from './process-memory.ts';
import { type FromChild, NO_ROOM, type ParseJob, type ParseOutcome, type ToChild, UNREACHABLE } from './protocol.ts';

/** Progress is told at most this often. */
const PROGRESS_EVERY_MS = 250;
const MAX_TRACEBACK_CHARS = 4_000;
/** A path is a key of the manifest, and PostgreSQL's index entries end below 2704 bytes. */
const MAX_PATH_BYTES = 2_048;
const MAX_PATH_DEPTH = 64;

type Message = FromChild extends infer M ? (M extends { rssBytes: number } ? Omit<M, 'rssBytes'> : never) : never;

const send = (message: Message): void => {
  process.send?.({ ...message, rssBytes: process.memoryUsage.rss() });
};

let current: AbortController | undefined;

// The worker needs us no more: what we know of the work that is done is sent. Or it is gone in the middle of a job, and
// with it the heartbeats: whatever we would still do belongs to another attempt. It may have gone while this program was
// still being loaded.
process.on('disconnect', () => {
  if (current) process.exit(0);
  void shutDownTelemetry().then(() => process.exit(0));
});
if (!process.connected) process.exit(0);

const config = loadConfig(childSettings, process.env);
trustCaFile(config.TLS_CA_FILE);
const database = await Database.connect({
  url: config.DATABASE_URL,
  applicationName: 'parse-worker child',
  maxConnections: 3,
});
const blobs = await openBlobStore(config);
const parseRun = new ParseRun(
  database,
  blobs,
  {
    maxArchiveBytes: config.ARCHIVE_MAX_BYTES,
    maxEntries: config.ARCHIVE_MAX_ENTRIES,
    maxRatio: config.ARCHIVE_MAX_RATIO,
    maxEntryBytes: config.ENTRY_MAX_BYTES,
    maxPathBytes: MAX_PATH_BYTES,
    maxDepth: MAX_PATH_DEPTH,
  },
  new ConfFileReader(config.SECRETS_FINGERPRINT_KEY),
);

/** What trouble with PostgreSQL means for the run: whether a retry is counted depends on it. */
const CODES: Record<DatabaseTrouble, string> = {
  unreachable: UNREACHABLE,
  no_connection_left: UNREACHABLE,
  read_only: UNREACHABLE,
  disk_full: NO_ROOM,
  too_slow: 'too_slow',
};

const parse = (job: ParseJob): Promise<ParseOutcome> =>
  context.with(contextOf(job.traceparent), () => parseInContext(job));

async function parseInContext(job: ParseJob): Promise<ParseOutcome> {
  forgetPeakRss();
  const stop = (current = new AbortController());
  let toldAt = performance.now();
  try {
    const metrics = await parseRun.run(job, {
      signal: stop.signal,
      onProgress: (progress) => {
        if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
        toldAt = performance.now();
        send({ kind: 'progress', progress });
      },
    });
    if (!metrics) return { kind: 'fenced' };
    const { files_parsed, files_reused, stanzas_created } = metrics;
    return { kind: 'complete', counts: { files_parsed, files_reused, stanzas_created } };
  } catch (error) {
    keepTrace();
    if (stop.signal.aborted) return { kind: 'stopped' };
    return faultOf(error);
  } finally {
    current = undefined;
  }
}

function faultOf(error: unknown): ParseOutcome {
  if (error instanceof Fault)
    return { kind: 'fault', fault: error.kind, code: error.code, message: error.message, traceback: null };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const traceback = stack?.slice(0, MAX_TRACEBACK_CHARS) ?? null;
  const trouble = troubleOf(error);
  const code = trouble === null ? 'unexpected' : CODES[trouble];
  return { kind: 'fault', fault: 'transient', code, message, traceback };
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'stop') current?.abort(new Error('The worker asked to stop.'));
  else void parse(message.job).then((outcome) => send({ kind: 'outcome', outcome, peakRssBytes: peakRss() }));
});
// Ctrl-C reaches the whole group of a terminal; the worker decides when its processes end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
send({ kind: 'ready' });
