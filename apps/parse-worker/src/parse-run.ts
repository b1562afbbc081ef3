import { ArchiveFault, type ArchiveLimits, openArchive, type OpenArchive } from '@confscope/archive';
import type { BlobStore } from '@confscope/blob-store';
import { permanentFault, type RunProgress } from '@confscope/domain';
import {
  ConfFileStore,
  contentKey,
  type Database,
  type KnownFile,
  LayoutStore,
  type ParsedFile,
  RunPublisher,
} from '@confscope/persistence';
import { PARSER_VERSION } from '@confscope/conf-parser';
import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ParseJob } from './child/protocol.ts';
import { type ConfEntry, type ConfFileReader, type FoundFile, readConfEntry } from './conf-files.ts';
import { RunTally } from './run-tally.ts';
import { UploadSurvey } from './upload-survey.ts';

/** A batch is stored when it holds this much: large enough to be few, small enough to lose little in a crash. */
const BATCH_FILES = 256;
const BATCH_BYTES = 2 * 1024 * 1024;

export interface ParseRunOptions {
  signal: AbortSignal;
  onProgress: (progress: RunProgress) => void;
}

/** What an attempt reads, once or twice. */
interface Upload extends ParseRunOptions {
  job: ParseJob;
  blob: Awaited<ReturnType<BlobStore['read']>>;
  /** Files that are stored, by their contents. */
  known: Map<string, KnownFile>;
  /** The contents that this attempt had to parse. */
  parsed: Set<string>;
}

/**
 * One attempt at one run, top to bottom: the archive is streamed, its conf files are named by their contents, what is not
 * known yet is parsed and stored in batches, and one fenced transaction publishes the manifest. The batches are
 * content-addressed, so whatever happens in between, the work that was done is found again.
 */
export class ParseRun {
  constructor(
    private readonly database: Database,
    private readonly blobs: BlobStore,
    private readonly limits: ArchiveLimits,
    private readonly reader: ConfFileReader,
  ) {}

  /**
   * @returns whether the result was published; false when another attempt holds the run
   * @throws Fault for what is the upload's fault; the signal's reason; or what failed around it
   */
  async run(job: ParseJob, { signal, onProgress }: ParseRunOptions): Promise<boolean> {
    const blob = await this.blobs.read(job.archiveKey);
    const upload: Upload = { job, blob, known: new Map(), parsed: new Set(), signal, onProgress };
    const first = new UploadSurvey(job.archiveName);
    let pass = await this.#read(upload, first);
    const shape = first.settle();
    let survey = first;
    if (!first.agreesWith(shape)) {
      survey = new UploadSurvey(job.archiveName, shape);
      pass = await this.#read(upload, survey);
    }
    const { tally, entries } = pass;
    const nothing = tally.nothingFound(entries);
    if (nothing) throw nothing;
    const metrics = tally.metrics(entries, blob.bytes);
    const fence = { runId: job.runId, attempt: job.attempt };
    return spanOf('publish', { 'confscope.files': tally.manifest.length }, async () => {
      await new LayoutStore(this.database).keep(fence, job.projectId, survey.layoutOf(shape));
      const peakRssBytes = process.resourceUsage().maxRSS * 1024;
      return new RunPublisher(this.database).publish(fence, tally.manifest, metrics, peakRssBytes);
    });
  }

  /** Reads the archive from front to end and stores its files. */
  async #read(upload: Upload, survey: UploadSurvey): Promise<{ tally: RunTally; entries: number }> {
    const { job, blob, signal, onProgress } = upload;
    const tally = new RunTally();
    const unmet = new Set(upload.parsed);
    let bytesDone = 0;
    const source = {
      name: job.archiveName,
      bytes: blob.bytes,
      open: (range?: { start: number; end: number }) => blob.open(range),
    };
    const archive = openArchive(source, this.limits, { signal, onProgress: (bytes) => (bytesDone = bytes) });
    const store = new ConfFileStore(this.database, job.projectId, PARSER_VERSION);
    await spanOf('read archive', { 'confscope.archive.bytes': blob.bytes }, async () => {
      // While one batch is stored, the next one is read; never more than these two are in memory.
      let storing: Promise<void> = Promise.resolve();
      for await (const batch of batchesOf(this.#entries(archive, survey, tally))) {
        await storing;
        onProgress(tally.progress(bytesDone));
        storing = this.#store(batch, store, upload, unmet, tally);
        // Awaited above or below; until then a failure must not count as unhandled.
        storing.catch(() => undefined);
      }
      await storing;
    }).catch(asFault);
    signal.throwIfAborted();
    return { tally, entries: archive.report().entries };
  }

  async *#entries(archive: OpenArchive, survey: UploadSurvey, tally: RunTally): AsyncGenerator<ConfEntry> {
    for await (const entry of archive) {
      tally.see(entry.path);
      const found: FoundFile | null = await readConfEntry(entry, survey);
      if (found?.kind === 'ignored') tally.addIgnored(found.origin, found.bytes);
      else if (found) yield found.entry;
    }
  }

  /**
   * Stores what is new of a batch and enters all of it in the manifest.
   *
   * @param unmet contents that were parsed for this run and have not been entered yet
   */
  async #store(
    batch: ConfEntry[],
    store: ConfFileStore,
    { known, parsed }: Upload,
    unmet: Set<string>,
    tally: RunTally,
  ): Promise<void> {
    const unseen = new Map<string, ConfEntry>();
    for (const entry of batch) if (!known.has(keyOf(entry))) unseen.set(keyOf(entry), entry);
    for (const [key, file] of await store.known([...unseen.values()].map(nameOf))) {
      known.set(key, file);
      unseen.delete(key);
    }
    const files = spanOfSync('parse', { 'confscope.files': unseen.size }, () =>
      [...unseen.values()].map((entry) => this.reader.read(entry)),
    );
    if (files.length > 0)
      await spanOf('copy', { 'confscope.files': files.length }, async () => {
        const ids = await store.add(files);
        for (const file of files) {
          known.set(contentKey(file), knownOf(file, ids));
          parsed.add(contentKey(file));
          unmet.add(contentKey(file));
        }
      });
    for (const entry of batch) {
      const key = keyOf(entry);
      const file = known.get(key);
      if (!file) throw new Error(`The file store lost ${entry.origin.path}.`);
      const content = { sha256: entry.sha256, bytes: entry.content.length };
      // The first path of a content that was parsed just now is the one that was parsed.
      tally.addFile(entry.origin, content, file, !unmet.delete(key));
    }
  }
}

const nameOf = ({ sha256, origin }: ConfEntry) => ({
  sha256,
  kind: origin.kind === 'meta' ? ('meta' as const) : ('conf' as const),
  conf: origin.conf,
});

const keyOf = (entry: ConfEntry): string => contentKey(nameOf(entry));

function knownOf(file: ParsedFile, ids: ReadonlyMap<string, number>): KnownFile {
  const id = ids.get(contentKey(file));
  if (id === undefined) throw new Error('The file store gave no id for a file it was given.');
  const { stanzaCount, settingCount, errorCount, warningCount, infoCount } = file;
  return { id, stanzaCount, settingCount, errorCount, warningCount, infoCount };
}

async function* batchesOf(entries: AsyncIterable<ConfEntry>): AsyncGenerator<ConfEntry[]> {
  let batch: ConfEntry[] = [];
  let bytes = 0;
  for await (const entry of entries) {
    batch.push(entry);
    bytes += entry.content.length;
    if (batch.length < BATCH_FILES && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** What is wrong with an archive is the upload's fault; everything else passes through. */
function asFault(error: unknown): never {
  if (error instanceof ArchiveFault) throw permanentFault(error.code, error.message, error);
  throw error;
}

const tracer = trace.getTracer('parse-worker');

async function spanOf<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

function spanOfSync<T>(name: string, attributes: Attributes, work: () => T): T {
  return tracer.startActiveSpan(name, { attributes }, (span) => {
    try {
      return work();
    } finally {
      span.end();
    }
  });
}
