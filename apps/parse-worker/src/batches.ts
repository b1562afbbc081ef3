import { treePrefixChars } from '@confscope/persistence';
import type { FoundFile } from './conf-files.ts';

/** A batch is stored when it holds this much: large enough to be few, small enough to lose little in a crash. */
const BATCH_FILES = 512;
const BATCH_BYTES = 2 * 1024 * 1024;

/** Files of an archive in the order they came, in groups that belong to one tree. */
export type Batch = FoundFile[][];

/** Cuts the files of an archive into batches, between two trees where it can: a tree that is met whole can be known. */
export async function* batchesOf(found: AsyncIterable<FoundFile>): AsyncGenerator<Batch> {
  let batch: Batch = [];
  let group: FoundFile[] = [];
  let prefix = '';
  const batchSize = { files: 0, bytes: 0 };
  const groupSize = { files: 0, bytes: 0 };
  const isFull = (size: { files: number; bytes: number }) => size.files >= BATCH_FILES || size.bytes >= BATCH_BYTES;
  const closeGroup = (): void => {
    if (group.length > 0) batch.push(group);
    group = [];
    Object.assign(groupSize, { files: 0, bytes: 0 });
  };
  for await (const file of found) {
    const { path } = file.line;
    const own = path.slice(0, treePrefixChars(path));
    if (own !== prefix || isFull(groupSize)) closeGroup();
    prefix = own;
    if (group.length === 0 && isFull(batchSize)) {
      yield batch;
      batch = [];
      Object.assign(batchSize, { files: 0, bytes: 0 });
    }
    group.push(file);
    for (const size of [batchSize, groupSize]) {
      size.files++;
      size.bytes += file.entry?.content.length ?? 0;
    }
  }
  closeGroup();
  if (batch.length > 0) yield batch;
}
