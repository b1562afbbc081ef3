import {
  ArchiveFault,
  type ArchiveLimits,
  type ArchiveReport,
  type EntryHead,
  openArchive,
  type Repeats,
} from '@confscope/archive';
import type { BlobStore } from '@confscope/blob-store';
import { permanentFault, type RunProgress } from '@confscope/domain';
import {
  attemptHolder,
  ByteBlocks,
  type Database,
  type Fence,
  type PublishedMetrics,
  RunPublisher,
  type RunResult,
  type StoredLayout,
} from '@confscope/persistence';
import { trace } from '@opentelemetry/api';
import { PARSER_VERSION, type UploadShape } from '@confscope/conf-parser';
import { BatchPipeline } from './batch-pipeline.ts';
import { BatchStore, ContentLedger, type PreparedBatch } from './batch-store.ts';
import { Batches } from './batches.ts';
import { peakRss } from './child/process-memory.ts';
import type { ParseJob } from './child/protocol.ts';
import { chooseConf, type ConfChoice, type ConfFileReader, foundFile } from './conf-files.ts';
import { RunTally } from './run-tally.ts';
import { spanOf } from './spans.ts';
import { UploadSurvey } from './upload-survey.ts';

export interface ParseRunOptions {
  signal: AbortSignal;
  onProgress: (progress: RunProgress) => void;
}

/** What an attempt reads, once or more. */
interface Upload extends ParseRunOptions {
  job: ParseJob;
  blob: Awaited<ReturnType<BlobStore['read']>>;
  contents: ContentLedger;
}

/** What one look at the archive came to. */
interface Look {
  survey: UploadSurvey;
  tally: RunTally;
  store: BatchStore;
  /** All that there is to be stored, if it is little: it is stored with the rest of the run. */
  rest: PreparedBatch | null;
  shape: UploadShape;
  /** Whether all that was said of files while they were read is true of them in this shape. */
  agrees: boolean;
  report: ArchiveReport;
}

/**
 * One attempt at one run, top to bottom: the archive is streamed, its conf files are named by their contents, what is not
 * known yet is parsed and stored in batches, and one fenced transaction publishes the manifest, with the files of a single batch.
 * The batches are content-addressed, so whatever happens in between, the work that was done is found again.
 */
export class ParseRun {
  readonly #blocks = new ByteBlocks();

  constructor(
    private readonly database: Database,
    private readonly blobs: BlobStore,
    private readonly limits: ArchiveLimits,
    private readonly reader: ConfFileReader,
  ) {}

  /**
   * @returns what was published; null when another attempt holds the run
   * @throws Fault for what is the upload's fault; the signal's reason; or what failed around it
   */
  async run(job: ParseJob, { signal, onProgress }: ParseRunOptions): Promise<PublishedMetrics | null> {
    if (job.attempt > 1) await this.database.endTransactionsOf(earlierAttempts(job).map(attemptHolder));
    const blob = await this.blobs.read(job.archiveKey);
    const upload: Upload = { job, blob, contents: new ContentLedger(), signal, onProgress };
    const { tally, survey, store, rest, report, shape } = await this.#readWhole(upload);
    const fence = { runId: job.runId, attempt: job.attempt };
    const publisher = new RunPublisher(this.database, job.projectId, PARSER_VERSION);
    const result = (): RunResult => {
      const nothing = tally.nothingFound(report);
      if (nothing) throw nothing;
      trace.getActiveSpan()?.setAttribute('confscope.files', tally.manifest.length);
      const metrics = tally.metrics(report.entries, blob.bytes);
      const namedByArchive = shape.isNamedByArchive || isOneFile(report);
      const layout = { ...survey.layoutOf(shape), ...leftOutOf(report) };
      return {
        ...{ lines: tally.manifest, layout, namedByArchive, metrics },
        // Publishing takes memory too.
        get peakRssBytes() {
          return peakRss();
        },
      };
    };
    const published = await spanOf('publish', {}, () => {
      if (!rest) return publisher.publishStored(fence, result());
      return publisher.publish(fence, async (tx) => {
        await store.storeWithin(tx, rest);
        return result();
      });
    });
    return published?.metrics ?? null;
  }

  /**
   * Whose a file is, and which of several entries of a path stands for it, depends on all of the archive, which may have to
   * be read once more, with what the look before has shown.
   */
  async #readWhole(upload: Upload): Promise<Look> {
    const { archiveName } = upload.job;
    let look = await this.#look(upload, new UploadSurvey(archiveName));
    const { repeats } = look.report;
    if (repeats) {
      await storeRest(look);
      look = await this.#look(upload, new UploadSurvey(archiveName), repeats);
    }
    if (look.agrees) return look;
    await storeRest(look);
    return this.#look(upload, new UploadSurvey(archiveName, look.shape), repeats);
  }

  /** Reads the archive from front to end and stores its files, but for those of a small one. */
  #look(upload: Upload, survey: UploadSurvey, repeats: Repeats | null = null): Promise<Look> {
    const { job, blob, contents, signal, onProgress } = upload;
    const tally = new RunTally();
    let bytesDone = 0;
    const source = {
      name: job.archiveName,
      bytes: blob.bytes,
      open: (range?: { start: number; end: number }) => blob.open(range),
    };
    const choose = (head: EntryHead): ConfChoice | null => {
      tally.see(head.path);
      return chooseConf(head, survey);
    };
    const options = { signal, repeats, onProgress: (bytes: number) => void (bytesDone = bytes) };
    const archive = openArchive(source, this.limits, choose, options);
    const store = new BatchStore(this.database, this.reader, job, contents, tally, this.#blocks);
    const pipeline = new BatchPipeline(store);
    const batches = new Batches(this.#blocks, () => bytesDone / blob.bytes);
    return spanOf('read archive', { 'confscope.archive.bytes': blob.bytes }, async () => {
      try {
        for await (const entries of archive) {
          for (const entry of entries) {
            const found = foundFile(entry, survey);
            const full = found && batches.add(found);
            if (!full) continue;
            await pipeline.take(full);
            onProgress(tally.progress(bytesDone));
          }
        }
        const last = batches.rest();
        if (last) await pipeline.take(last);
        const rest = await pipeline.end();
        // Meanwhile the last batches are stored.
        const shape = survey.settle();
        const agrees = await survey.agreesWith(shape);
        await pipeline.stored;
        signal.throwIfAborted();
        return { survey, tally, store, rest, shape, agrees, report: archive.report() };
      } catch (error) {
        await pipeline.quiet();
        throw error;
      }
    }).catch(asFault);
  }
}

/** What is not stored with the rest of the run, since it is not the last look, is stored for the next one to find. */
async function storeRest({ store, rest }: Look): Promise<void> {
  if (rest) await store.store(rest);
}

/** What came without an archive is called as it was uploaded. */
const isOneFile = ({ format }: ArchiveReport): boolean => format === 'single' || format === 'gzip';

/** What a reader of the run has to know of entries that are not in it. */
function leftOutOf({ skipped, skippedCount }: ArchiveReport): Pick<StoredLayout, 'leftOut' | 'leftOutCount'> {
  return skippedCount === 0 ? {} : { leftOut: skipped, leftOutCount: skippedCount };
}

function earlierAttempts({ runId, attempt }: Fence): Fence[] {
  return Array.from({ length: attempt - 1 }, (_, i) => ({ runId, attempt: i + 1 }));
}

/** What is wrong with an archive is the upload's fault; everything else passes through. */
function asFault(error: unknown): never {
  if (error instanceof ArchiveFault) throw permanentFault(error.code, error.message, error);
  throw error;
}
