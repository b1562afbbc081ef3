import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';

const BOUNDARY = 'confscope-bench-6f1b2c';
const CHUNK_BYTES = 1024 * 1024;
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/**
 * Sends a form with a file at its end, by means that cost as little as those of a program like curl: a form of `fetch`
 * takes twice the processor time of the service that receives it, and would be what is measured.
 *
 * @returns status and body of the answer
 */
export async function sendForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  file: { path: string; name: string },
): Promise<{ status: number; body: string }> {
  const head = Object.entries(fields).map(([name, value]) => `${partOf(name)}\r\n\r\n${value}\r\n`);
  const type = 'Content-Type: application/octet-stream';
  const start = Buffer.from(`${head.join('')}${partOf('file')}; filename="${file.name}"\r\n${type}\r\n\r\n`);
  const end = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const { size } = await stat(file.path);
  const sending = request(url, {
    method: 'POST',
    agent,
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': start.length + size + end.length,
    },
  });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  const sent = pipeline(async function* () {
    yield start;
    yield* createReadStream(file.path, { highWaterMark: Math.max(1, Math.min(size, CHUNK_BYTES)) });
    yield end;
  }, sending);
  const [[response]] = await Promise.all([answered, sent]);
  return { status: response.statusCode ?? 0, body: await text(response) };
}

const partOf = (name: string): string => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`;
