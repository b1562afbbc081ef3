import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { saidByS3, statusOf } from './s3-error.ts';

/** How often in a row a download may break without a byte having come. */
const MAX_FRUITLESS_TRIES = 3;

/** Reads ranges of one object. A download that breaks off in the middle goes on where it was. */
export class S3ObjectReader {
  constructor(
    private readonly client: S3Client,
    /** With the ETag to match, so that a download which goes on never mixes two contents. */
    private readonly object: Pick<GetObjectCommandInput, 'Bucket' | 'Key' | 'IfMatch'>,
  ) {}

  /** @param range first and last byte, both included; an empty one reads nothing */
  open(range: { start: number; end: number }): Readable {
    const stop = new AbortController();
    const stream = Readable.from(this.#bytes(range, stop.signal), { objectMode: false });
    // Whoever loses interest must not wait for a server that says nothing.
    return stream.once('close', () => stop.abort());
  }

  async *#bytes({ start, end }: { start: number; end: number }, signal: AbortSignal): AsyncGenerator<Buffer> {
    let at = start;
    let fruitless = 0;
    while (at <= end) {
      const before = at;
      try {
        for await (const chunk of await this.#download(at, end, signal)) {
          at += chunk.length;
          yield chunk;
        }
        if (at <= end) throw new Error('The download ended early.');
      } catch (error) {
        fruitless = at === before ? fruitless + 1 : 0;
        if (signal.aborted || fruitless >= MAX_FRUITLESS_TRIES || isFinal(error)) throw saidByS3('read a range', error);
      }
    }
  }

  async #download(start: number, end: number, abortSignal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const command = new GetObjectCommand({ ...this.object, Range: `bytes=${start}-${end}` });
    const { Body } = await this.client.send(command, { abortSignal });
    if (!(Body instanceof Readable)) throw new Error('S3 answered without a body.');
    abortSignal.addEventListener('abort', () => Body.destroy(), { once: true });
    return Body as AsyncIterable<Buffer>;
  }
}

/** The object is gone, or is another one now: no try can bring it back. */
const isFinal = (error: unknown): boolean => [404, 412].includes(statusOf(error) ?? 0);
