import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, openSync, closeSync, fsyncSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../report.ts';
import { timed } from '../stack/baselines.ts';
import type { BenchServers } from '../stack/bench-servers.ts';
import { Stack } from '../stack/stack.ts';
import { median, spread } from '../statistics.ts';

const CHUNK_BYTES = 1024 * 1024;
const UPLOADS_AT_ONCE = 50;
const SMALL_SHARE = 64;

/** Large uploads against writing and hashing the same bytes in this process, and fifty at once. */
export async function benchUpload(servers: BenchServers, mib: number, rounds: number): Promise<Figure[]> {
  const large = join(servers.folder, 'large.tar');
  const small = join(servers.folder, 'small.tar');
  writeRandom(large, mib);
  writeRandom(small, Math.max(1, Math.floor(mib / SMALL_SHARE)));
  const local: number[] = [];
  const upload: number[] = [];
  const stack = await Stack.start(servers);
  try {
    for (let round = 0; round <= rounds; round++) {
      local.push(await timed(() => writeAndHash(large, join(servers.folder, 'copy'))));
      upload.push(await timed(() => stack.upload(large, 'large.tar')));
    }
    const alone = stack.uploadApi.peakRssBytes();
    const together = await timed(() =>
      Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, () => stack.upload(small, 'small.tar'))),
    );
    const peak = stack.uploadApi.peakRssBytes();
    const mbPerS = (ms: number): number => (mib * 1.048576 * 1000) / ms;
    const memory = (id: string, what: string, bytes: number | null): Figure[] =>
      bytes === null ? [] : [{ id, what, value: bytes / 1024 / 1024, unit: 'MiB', bar: { most: 150 } }];
    return [
      {
        id: 'upload/local',
        what: `baseline: write and hash ${mib} MiB`,
        value: mbPerS(median(local.slice(1))),
        unit: 'MB/s',
        spread: spread(local.slice(1)),
      },
      {
        id: 'upload/large',
        what: `upload of ${mib} MiB`,
        value: mbPerS(median(upload.slice(1))),
        unit: 'MB/s',
        ratio: { to: 'writing and hashing', value: median(upload.slice(1).map((ms, i) => (local[i + 1] ?? NaN) / ms)) },
        bar: { least: 0.6 },
        spread: spread(upload.slice(1)),
      },
      ...memory('upload/peak', 'peak memory of upload-api', alone),
      {
        id: 'upload/together',
        what: `${UPLOADS_AT_ONCE} uploads of ${Math.max(1, Math.floor(mib / SMALL_SHARE))} MiB at once`,
        value: mbPerS(together) * (UPLOADS_AT_ONCE / SMALL_SHARE),
        unit: 'MB/s',
      },
      ...memory('upload/peak-together', 'peak memory of upload-api, all at once', peak),
    ];
  } finally {
    await stack.stop();
  }
}

function writeRandom(file: string, mib: number): void {
  const out = openSync(file, 'w');
  for (let i = 0; i < mib; i++) writeSync(out, randomBytes(CHUNK_BYTES));
  closeSync(out);
}

/** What a store cannot do without: read, hash, write, flush. */
async function writeAndHash(source: string, target: string): Promise<string> {
  const hash = createHash('sha256');
  const out = openSync(target, 'w');
  for await (const chunk of createReadStream(source, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    writeSync(out, chunk);
  }
  fsyncSync(out);
  closeSync(out);
  rmSync(target);
  return hash.digest('hex');
}
