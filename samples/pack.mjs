// Packs acme-etc/ into acme-etc.tar.gz: `node samples/pack.mjs`. The same files always give the same bytes.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

const folder = join(import.meta.dirname, 'acme-etc');
const MODIFIED = new Date('2026-01-01T00:00:00Z');

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();

const tar = pack();
const packed = buffer(tar);
for (const file of files) {
  const name = ['etc', ...relative(folder, file).split(sep)].join('/');
  const mode = statSync(file).mode & 0o100 ? 0o755 : 0o644;
  tar.entry({ name, mode, mtime: MODIFIED, uid: 0, gid: 0, uname: 'splunk', gname: 'splunk' }, readFileSync(file));
}
tar.finalize();
writeFileSync(join(import.meta.dirname, 'acme-etc.tar.gz'), gzipSync(await packed, { level: 9 }));
