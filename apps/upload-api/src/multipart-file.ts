import { badRequest, Problem } from '@confscope/service-kit';
import type { FastifyRequest } from 'fastify';
import type {} from '@fastify/multipart';
import type { FormPart } from './receive-upload.ts';
import { UploadInterrupted } from './upload-faults.ts';
import { unknownField } from './upload-form.ts';
import { cleanFileName } from './upload-headers.ts';

/** Read ahead of the store, of each upload: one piece from the network fills it, whatever its size. */
const READ_AHEAD_BYTES = 16 * 1024;

/** Text fields are short; the file has a limit of its own. */
const LIMITS = { fieldSize: 64 * 1024, fields: 20, files: 2, parts: 30, fileSize: Infinity };

export const MULTIPART_OPTIONS = { limits: LIMITS, highWaterMark: READ_AHEAD_BYTES, fileHwm: READ_AHEAD_BYTES };

/** JSON is taken for a file: the parser turns a field of JSON into a value, and the text that was sent is lost. */
const isJson = (type: string | undefined): boolean => type?.startsWith('application/json') ?? false;

/** The boundary that a content type names, and how long one can be (RFC 2046, 5.1.1). */
const BOUNDARY = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/i;
const MAX_BOUNDARY_CHARS = 70;

/** How long the rest of a refused body is read, so that its sender gets to read the answer. */
const DRAIN_LIMIT_MS = 10_000;

/** The parts of a multipart request, pulled one after the other; nothing is buffered. */
export async function* multipartParts(request: FastifyRequest): AsyncGenerator<FormPart> {
  if (!request.isMultipart())
    throw new Problem(415, 'not_multipart', 'Send the upload as multipart/form-data, as curl -F does.', [
      { field: 'Content-Type', message: 'The content type must be multipart/form-data.' },
    ]);
  checkBoundary(request.headers['content-type'] ?? '');
  const names: string[] = [];
  const isPartAFile = (name: string | undefined, type: string | undefined, fileName: string | undefined): boolean => {
    if (name !== undefined) names.push(name);
    return fileName !== undefined || type === 'application/octet-stream' || isJson(type);
  };
  try {
    for await (const part of request.parts({ isPartAFile })) {
      if (part.type === 'file') {
        if (part.filename === undefined && isJson(part.mimetype)) throw refuseJson(part.fieldname);
        const chunks = interruptible(request, part.file as AsyncIterable<Buffer>);
        yield { kind: 'file', name: part.fieldname, fileName: cleanFileName(part.filename), chunks };
      } else {
        if (part.valueTruncated)
          throw badRequest([{ field: part.fieldname, message: `The field "${part.fieldname}" is too long.` }]);
        yield { kind: 'field', name: part.fieldname, value: String(part.value) };
      }
    }
  } catch (error) {
    throw refusalOf(error, names) ?? explained(request, error);
  }
  if (hasLeft(request)) throw new UploadInterrupted();
}

/** What the parser refuses by a code; null for anything else. It does not say which field it was: `names` has all so far. */
function refusalOf(error: unknown, names: readonly string[]): Problem | null {
  switch ((error as { code?: unknown }).code) {
    case 'FST_PROTO_VIOLATION':
      return badRequest(names.filter((name) => name in Object.prototype).map(unknownField));
    case 'FST_FIELDS_LIMIT':
    case 'FST_FILES_LIMIT':
    case 'FST_PARTS_LIMIT': {
      const most = `more than ${LIMITS.fields} fields, ${LIMITS.files} files or ${LIMITS.parts} parts`;
      const detail = `The form has ${most}. Send one file, and each field of an upload once.`;
      return new Problem(413, 'too_many_fields', detail);
    }
    default:
      return null;
  }
}

const refuseJson = (field: string): Problem =>
  badRequest([
    { field, message: `The field "${field}" was sent as JSON; send it as text, as curl -F ${field}=text does.` },
  ]);

function checkBoundary(contentType: string): void {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const chars = (quoted ?? plain ?? '').length;
  if (chars > 0 && chars <= MAX_BOUNDARY_CHARS) return;
  const fault =
    chars === 0 ? 'The Content-Type names no boundary' : `The boundary in the Content-Type has ${chars} characters`;
  const remedy = `a boundary has 1 to ${MAX_BOUNDARY_CHARS} (RFC 2046). Let the program that makes the form choose it, as curl -F does.`;
  throw badRequest([{ field: 'Content-Type', message: `${fault}; ${remedy}` }], 'malformed_multipart');
}

async function* interruptible(request: FastifyRequest, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw explained(request, error);
  }
  // A parser that was cut off may end its file as if it were whole.
  if (hasLeft(request)) throw new UploadInterrupted();
}

/** Reads what is left of a request that is refused; a sender that is cut off while it sends never sees the answer. */
export async function drain({ raw }: FastifyRequest): Promise<void> {
  if (raw.complete || raw.destroyed) return;
  raw.unpipe();
  raw.resume();
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, DRAIN_LIMIT_MS);
    const done = () => {
      clearTimeout(limit);
      resolve();
    };
    raw.once('end', done).once('close', done).once('error', done);
  });
}

function hasLeft({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function explained(request: FastifyRequest, error: unknown): unknown {
  if (error instanceof Problem || error instanceof UploadInterrupted) return error;
  if (hasLeft(request)) return new UploadInterrupted(undefined, { cause: error });
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  // The parser's own errors about the form; the ones without a status are about its bytes.
  if (statusCode !== undefined && statusCode < 500) return error;
  const fault = `The multipart body cannot be read: ${message ?? 'it is malformed'}.`;
  const remedy = 'Send it whole, with the boundary that the Content-Type names, as curl -F does.';
  return new Problem(400, 'malformed_multipart', `${fault} ${remedy}`);
}
