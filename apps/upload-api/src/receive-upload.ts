import { createHash, randomUUID } from 'node:crypto';
import type { BlobStore, StoredBlob } from '@confscope/blob-store';
import { failureMessage, type QueueName, type UploadType } from '@confscope/domain';
import type { Quarantine, RunRow, StoreUpload, UploadRuns } from '@confscope/persistence';
import { badRequest, Problem } from '@confscope/service-kit';
import { keepingFailed, UploadInterrupted } from './upload-faults.ts';
import { readUploadForm, type UploadForm } from './upload-form.ts';

/** A part of a multipart form, in the order in which it arrives. */
export type FormPart =
  | { kind: 'field'; name: string; value: string }
  | { kind: 'file'; name: string; fileName: string; chunks: AsyncIterable<Buffer> };

export interface UploadRequest {
  /** Throws {@link UploadInterrupted} when the sender goes away in the middle. */
  parts: AsyncIterable<FormPart>;
  idempotencyKey: string | null;
  /** SHA-256 of the file in hex, as its sender computed it. */
  expectedSha256: string | null;
  traceparent: string | null;
}

export interface ReceiveOptions {
  maxBytes: number;
  routes: Readonly<Record<UploadType, QueueName>>;
  /** Name of this process, so that others can tell whether it still receives. */
  receiver: string;
}

/** The run of an upload, and whether it is the answer to an earlier request of the same key. */
export interface ReceivedUpload {
  run: RunRow;
  replayed: boolean;
}

/** A file that has arrived: stored for a run of its own, or found to be that of an earlier request. */
type Arrived =
  { kind: 'stored'; runId: number; key: string; blob: StoredBlob } | { kind: 'replay'; run: RunRow; sha256: string };

type FilePart = FormPart & { kind: 'file' };

/** The blob of a run. */
export const archiveKeyOf = (runId: number): string => `runs/${runId}`;

/**
 * Takes an upload in: the file goes to the blob store while it is counted and hashed, the fields may come before or after
 * it, and only when all of it is right does the run become `stored`, which is the promise that it will be parsed.
 */
export class ReceiveUpload {
  readonly #runs: UploadRuns;
  readonly #quarantine: Quarantine;
  readonly #blobs: BlobStore;
  readonly #options: ReceiveOptions;
  readonly #inProgress = new Set<number>();

  constructor(runs: UploadRuns, quarantine: Quarantine, blobs: BlobStore, options: ReceiveOptions) {
    this.#runs = runs;
    this.#quarantine = quarantine;
    this.#blobs = blobs;
    this.#options = options;
  }

  /** Runs whose upload this process is receiving now. */
  get inProgress(): number[] {
    return [...this.#inProgress];
  }

  /**
   * @throws Problem when the request is refused; then no run and no blob is left behind
   * @throws UploadInterrupted when the sender left; then the run says so and no blob is left behind
   */
  async receive(request: UploadRequest): Promise<ReceivedUpload> {
    const fields: [string, string][] = [];
    let arrived: Arrived | undefined;
    try {
      for await (const part of request.parts) {
        if (part.kind === 'field') fields.push([part.name, part.value]);
        else if (part.name !== 'file') throw refuseFile(part.name, `The file must be sent in the field "file".`);
        else if (arrived) throw refuseFile('file', 'Two files were sent; an upload takes one.');
        else arrived = await this.#receiveFile(part, request);
      }
      if (!arrived) throw missingFile(fields.some(([name]) => name === 'file'));
      const form = readUploadForm(fields);
      checkDigest(request.expectedSha256, arrived.kind === 'replay' ? arrived.sha256 : arrived.blob.sha256);
      if (arrived.kind === 'replay') {
        checkRepeated(arrived.run, form, arrived.sha256);
        return { run: arrived.run, replayed: true };
      }
      const { runId, key, blob } = arrived;
      const queue = form.queue ?? this.#options.routes[form.type];
      const run = await this.#store({ ...form, ...blob, runId, queue, archiveKey: key, taskId: randomUUID() });
      if (!run)
        throw new Problem(409, 'upload_expired', 'The upload took so long that it was given up. Send it again.');
      return { run, replayed: false };
    } catch (error) {
      if (arrived?.kind === 'stored') await this.#undo(arrived.runId, arrived.key, arrived.blob.bytes, error);
      throw error;
    } finally {
      if (arrived?.kind === 'stored') this.#inProgress.delete(arrived.runId);
    }
  }

  async #receiveFile(part: FilePart, request: UploadRequest): Promise<Arrived> {
    const runId = await this.#runs.begin({
      queue: 'default',
      archiveName: part.fileName,
      idempotencyKey: request.idempotencyKey,
      receiver: this.#options.receiver,
      traceparent: request.traceparent,
    });
    if (runId === null) return this.#replay(part, request.idempotencyKey ?? '');
    this.#inProgress.add(runId);
    const key = archiveKeyOf(runId);
    let bytes = 0;
    try {
      const blob = await this.#blobs.write(key, part.chunks, this.#options.maxBytes, (count) => (bytes = count));
      if (blob.bytes === 0) throw refuseFile('file', 'The file is empty.');
      return { kind: 'stored', runId, key, blob };
    } catch (error) {
      this.#inProgress.delete(runId);
      await this.#undo(runId, key, bytes, error);
      throw await keepingFailed(error, () => this.#blobs.ping());
    }
  }

  /** Only a run that was not stored may have bytes in quarantine, or have expired; null when it has. */
  async #store(upload: StoreUpload): Promise<RunRow | null> {
    const run = await this.#runs.store(upload);
    return run ?? this.#runs.store({ ...upload, refusal: await this.#refusalOf(upload.sha256) });
  }

  /** Why these bytes are not parsed; null when they are. */
  async #refusalOf(sha256: string): Promise<string | null> {
    const entry = await this.#quarantine.find(sha256);
    return entry && failureMessage.quarantined(sha256, entry.crashes, entry.run_id, entry.error_message);
  }

  /**
   * Nothing of a refused upload stays; of one that broke off, the run stays and says so. The row goes first: when storing it
   * failed, only PostgreSQL knows whether it did, and a run that was stored after all needs its archive.
   */
  async #undo(runId: number, key: string, bytes: number, error: unknown): Promise<void> {
    const isGivenUp =
      error instanceof UploadInterrupted
        ? await this.#runs.interrupt(runId, key, bytes)
        : await this.#runs.discard(runId, key);
    // An archive that cannot be deleted now is on the list of unwanted ones, and why the upload failed matters more.
    if (isGivenUp) await this.#blobs.delete(key).catch(() => undefined);
  }

  /** The key was used before: it has a run already, and the file is only looked at. */
  async #replay(part: FilePart, idempotencyKey: string): Promise<Arrived> {
    const run = await this.#runs.findByIdempotencyKey(idempotencyKey);
    if (!run || run.status === 'pending')
      throw new Problem(
        409,
        'upload_in_progress',
        'An upload with this Idempotency-Key is in progress. Ask again later.',
      );
    const hash = createHash('sha256');
    for await (const chunk of part.chunks) hash.update(chunk);
    return { kind: 'replay', run, sha256: hash.digest('hex') };
  }
}

const refuseFile = (field: string, message: string): Problem => badRequest([{ field, message }]);

const missingFile = (sentAsText: boolean): Problem =>
  refuseFile(
    'file',
    sentAsText
      ? 'The field "file" was sent as text; send it as a file, as curl -F file=@path does.'
      : 'The field "file" is missing: send the archive in it.',
  );

function checkDigest(expected: string | null, actual: string): void {
  if (expected === null || expected === actual) return;
  throw new Problem(
    400,
    'digest_mismatch',
    `The file that arrived has the SHA-256 ${actual}, not the one that Repr-Digest promises. Send it again.`,
    [{ field: 'Repr-Digest', message: 'The digest does not match the file.' }],
  );
}

/** The same request again gets the same run; another one with its key is an error of the sender. */
function checkRepeated(run: RunRow, form: UploadForm, sha256: string): void {
  const differing = [
    ...(run.archive_sha256 === sha256 ? [] : ['file']),
    ...(['type', 'label', 'notes'] as const).filter((field) => run[field] !== form[field]),
    // Which queue a type has by default can be changed between the two.
    ...(form.queue === null || form.queue === run.queue ? [] : ['queue']),
  ];
  if (differing.length === 0) return;
  throw new Problem(
    422,
    'idempotency_key_reused',
    `This Idempotency-Key belongs to run ${run.id}, which has another ${differing.join(' and another ')}. Use a new key for a new upload.`,
    differing.map((field) => ({ field, message: `The ${field} is not the one of run ${run.id}.` })),
  );
}
