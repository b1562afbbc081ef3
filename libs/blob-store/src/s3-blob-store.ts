import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type BlobSource, type BlobStore, blobMissing, checkedKey, Intake, type StoredBlob } from './blob-store.ts';
import { saidByS3, statusOf } from './s3-error.ts';
import { S3ObjectReader } from './s3-object-reader.ts';

/** Memory of one upload: parts of this size, so many on their way at once. S3 takes at most 10 000 parts of an object. */
const MIN_PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const MAX_PARTS = 10_000;

export interface S3Place {
  bucket: string;
  /** Put before every key; other keys of the bucket are never touched. */
  prefix: string;
}

/**
 * Blobs as objects of a bucket. An upload becomes an object by its last request alone, so a key that exists stands for
 * bytes that are whole, and one that breaks off leaves parts that nobody can read.
 */
export class S3BlobStore implements BlobStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(client: S3Client, { bucket, prefix }: S3Place) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async write(
    key: string,
    chunks: AsyncIterable<Buffer>,
    maxBytes: number,
    onBytes?: (bytes: number) => void,
  ): Promise<StoredBlob> {
    const intake = new Intake(maxBytes, onBytes);
    const source = new Source(intake.of(chunks));
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#object(key), Body: Readable.from(source.bytes(), { objectMode: false }) },
      partSize: Math.max(MIN_PART_BYTES, Math.ceil(maxBytes / MAX_PARTS)),
      queueSize: PARTS_AT_ONCE,
    });
    try {
      await upload.done();
    } catch (error) {
      // What broke the source is the reason, whatever else went wrong while its parts were taken back.
      throw source.failure ?? saidByS3('write an object', error);
    }
    return intake.stored();
  }

  async read(key: string): Promise<BlobSource> {
    const object = this.#object(key);
    try {
      const { ContentLength: bytes = 0, ETag: etag } = await this.#client.send(new HeadObjectCommand(object));
      const reader = new S3ObjectReader(this.#client, { ...object, ...(etag === undefined ? {} : { IfMatch: etag }) });
      const last = bytes - 1;
      return {
        bytes,
        open: (range = { start: 0, end: last }) => reader.open({ ...range, end: Math.min(range.end, last) }),
      };
    } catch (error) {
      if (statusOf(error) !== 404) throw saidByS3('read an object', error);
      // A missing bucket is a storage that is away, which may come back; a missing object in it never does.
      await this.ping();
      throw blobMissing(error);
    }
  }

  /** A bucket is made by whoever owns it. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async ping(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket })).catch((error: unknown) => {
      throw saidByS3('find the bucket', error);
    });
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#object(key))).catch((error: unknown) => {
      throw saidByS3('delete an object', error);
    });
  }

  async sweepIncoming(olderThanMs: number, now: number): Promise<number> {
    let swept = 0;
    try {
      for await (const upload of this.#unfinished())
        if (now - (await this.#lastPartAt(upload)) >= olderThanMs && (await this.#abort(upload))) swept++;
    } catch (error) {
      throw saidByS3('sweep unfinished uploads', error);
    }
    return swept;
  }

  async *#unfinished(): AsyncGenerator<MultipartUpload> {
    const place = { Bucket: this.#bucket, Prefix: this.#prefix };
    let after: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
    while (after) {
      const page: ListMultipartUploadsCommandOutput = await this.#client.send(
        new ListMultipartUploadsCommand({ ...place, ...after }),
      );
      yield* page.Uploads ?? [];
      after = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
    }
  }

  /** When this unfinished upload last grew, in ms since the epoch. */
  async #lastPartAt({ Key, UploadId, Initiated }: MultipartUpload): Promise<number> {
    let newest = Initiated?.getTime() ?? 0;
    let after: string | undefined;
    do {
      const marker = after === undefined ? {} : { PartNumberMarker: after };
      const parts = await this.#client.send(new ListPartsCommand({ Bucket: this.#bucket, Key, UploadId, ...marker }));
      for (const part of parts.Parts ?? []) newest = Math.max(newest, part.LastModified?.getTime() ?? 0);
      after = parts.IsTruncated ? parts.NextPartNumberMarker : undefined;
    } while (after !== undefined);
    return newest;
  }

  /** False when it was finished or given up meanwhile. */
  async #abort({ Key, UploadId }: MultipartUpload): Promise<boolean> {
    try {
      await this.#client.send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId }));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + checkedKey(key) };
  }
}

/** Remembers what its bytes failed with. */
class Source {
  failure: Error | undefined;

  constructor(private readonly chunks: AsyncIterable<Buffer>) {}

  async *bytes(): AsyncGenerator<Buffer> {
    try {
      yield* this.chunks;
    } catch (error) {
      this.failure = error as Error;
      throw error;
    }
  }
}
