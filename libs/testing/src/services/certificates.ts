import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** PEM files of an authority that nobody else trusts, and of a server on 127.0.0.1 that it vouches for. */
export interface Certificates {
  caFile: string;
  certFile: string;
  keyFile: string;
  remove(): void;
}

/** @param owner user id that reads the key, when it is not this process's */
export async function makeCertificates(owner?: number): Promise<Certificates> {
  const folder = mkdtempSync(join(tmpdir(), 'confscope-tls-'));
  chmodSync(folder, 0o711);
  const authority = await generate([{ name: 'commonName', value: 'Confscope test authority' }], {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const keep = (name: string, pem: string, mode: number): string => {
    const file = join(folder, name);
    writeFileSync(file, pem, { mode });
    if (owner !== undefined) chownSync(file, owner, owner);
    return file;
  };
  return {
    caFile: keep('ca.pem', authority.cert, 0o644),
    certFile: keep('server.pem', server.cert, 0o644),
    keyFile: keep('server-key.pem', server.private, 0o600),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
