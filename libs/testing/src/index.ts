export { type ArchiveFile } from './archives/archive-file.ts';
export { BufferSource } from './archives/buffer-source.ts';
export {
  gnuLongNameOf,
  tarBlockBytes,
  tarEntryOf,
  type TarFile,
  tarGzOf,
  tarOf,
  writeTarChecksum,
} from './archives/tar-of.ts';
export { type ZipFile, zipFlag, type ZipHeader, zipOf, type ZipOptions } from './archives/zip-of.ts';
export { TcpProxy } from './network/tcp-proxy.ts';
export { childrenOf } from './processes/children-of.ts';
export { type Certificates, makeCertificates } from './services/certificates.ts';
export { ownBucket, type OwnBucket } from './services/own-bucket.ts';
export { ownPostgres } from './services/own-postgres.ts';
export { ownRedis } from './services/own-redis.ts';
export { createTestDatabase, type TestDatabase } from './services/test-database.ts';
export { testSetting } from './services/test-setting.ts';
