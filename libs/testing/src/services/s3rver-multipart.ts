import { readdir, readFile, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

/**
 * Answers what s3rver cannot: abort an unfinished upload, list the unfinished uploads, list the parts of one. It works on
 * the files that s3rver keeps of them.
 *
 * @param folder of the bucket
 * @returns false when the request is none of these three
 */
export async function answerMultipart(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { searchParams } = new URL(request.url ?? '', 'http://s3');
  const uploads = join(folder, '._S3rver_uploads');
  const id = searchParams.get('uploadId');
  if (request.method === 'DELETE' && id !== null) {
    const known = await stat(join(uploads, id)).catch(() => null);
    await rm(join(uploads, id), { recursive: true, force: true });
    response.writeHead(known ? 204 : 404).end();
    return true;
  }
  if (request.method !== 'GET' || (id === null && !searchParams.has('uploads'))) return false;
  const body =
    id === null
      ? `<ListMultipartUploadsResult>${await listUploads(uploads, searchParams.get('prefix') ?? '')}</ListMultipartUploadsResult>`
      : `<ListPartsResult>${await listParts(join(uploads, id))}</ListPartsResult>`;
  response.setHeader('content-type', 'application/xml').end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
  return true;
}

async function listUploads(uploads: string, prefix: string): Promise<string> {
  const found = [];
  for (const id of await readdir(uploads).catch(() => [])) {
    const key = await readFile(join(uploads, id, 'key'), 'utf8');
    const { birthtime } = await stat(join(uploads, id));
    const initiated = birthtime.toISOString();
    if (key.startsWith(prefix))
      found.push(`<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`);
  }
  return found.join('');
}

async function listParts(upload: string): Promise<string> {
  const numbers = (await readdir(upload)).filter((name) => /^\d+$/.test(name));
  const parts = numbers.map(async (number) => {
    const { mtime } = await stat(join(upload, number));
    return `<Part><PartNumber>${number}</PartNumber><LastModified>${mtime.toISOString()}</LastModified></Part>`;
  });
  return (await Promise.all(parts)).join('');
}
