import { badRequest } from '@confscope/service-kit';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request, or null. */
export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (!KEY.test(header))
    throw badRequest([
      { field: 'Idempotency-Key', message: 'The Idempotency-Key must be 1 to 255 visible ASCII characters.' },
    ]);
  return header;
}

/** The SHA-256 of the file in hex that `Repr-Digest` promises (RFC 9530), or null when it names no SHA-256. */
export function readReprDigest(header: string | undefined): string | null {
  const entry = header
    ?.split(',')
    .map((part) => part.trim())
    .find((part) => part.toLowerCase().startsWith('sha-256='));
  if (entry === undefined) return null;
  const encoded = /^[^=]+=:([A-Za-z0-9+/]{43}=):$/.exec(entry)?.[1];
  if (encoded === undefined)
    throw badRequest([
      { field: 'Repr-Digest', message: 'The Repr-Digest must look like sha-256=:<base64 of 32 bytes>:.' },
    ]);
  return Buffer.from(encoded, 'base64').toString('hex');
}

/** The name to keep of an uploaded file: its last segment, short and printable. */
export function cleanFileName(name: string | undefined): string {
  const base = (name ?? '').replaceAll('\\', '/').split('/').at(-1) ?? '';

  const printable = base.toWellFormed().replace(/[\x00-\x1f\x7f]/g, '');
  return printable.slice(-255) || 'upload';
}
