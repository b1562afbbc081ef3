export { type BlobSource, BlobTooLarge, FileBlobStore, type StoredBlob } from './file-blob-store.ts';
