export { type BlobSource, type BlobStore, BlobTooLarge, type StoredBlob } from './blob-store.ts';
export { FileBlobStore } from './file-blob-store.ts';
export { openBlobStore } from './open-blob-store.ts';
export { type StorageConfig, storageSettings } from './storage-settings.ts';
