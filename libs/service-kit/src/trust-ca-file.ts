import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { BadConfig } from './load-config.ts';
import { optional, text } from './setting.ts';

/** Whom a process believes. */
export const trustSettings = {
  TLS_CA_FILE: optional(
    text('PEM file with certificate authorities to trust besides the public ones, for PostgreSQL, Redis, S3 and OTLP.'),
  ),
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Trusts the authorities of this file in every TLS connection that this process opens from now on.
 *
 * @param file undefined: nothing changes
 * @throws BadConfig when the file cannot be read, or holds no certificate
 */
export function trustCaFile(file: string | undefined): void {
  if (file === undefined) return;
  const authorities = readPem(file).match(CERTIFICATE) ?? [];
  try {
    if (authorities.length === 0) throw new Error('it holds no PEM certificate');
    createSecureContext({ ca: authorities });
    setDefaultCACertificates([...getCACertificates('default'), ...authorities]);
  } catch (error) {
    throw new BadConfig(`TLS_CA_FILE is ${JSON.stringify(file)}, which cannot be used: ${(error as Error).message}.`);
  }
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadConfig(`TLS_CA_FILE is ${JSON.stringify(file)}, which cannot be read (${code}).`);
  }
}
