import { ByteBlocks } from '@confscope/persistence';
import { Batches } from './batches.ts';
import type { FoundFile } from './conf-files.ts';
import { foundAt } from './found-file.fixture.ts';

const KIB = 1024;
const FILE_BYTES = 16 * KIB;
const content = Buffer.alloc(FILE_BYTES, '# \n');

const app = (number: number): FoundFile => foundAt(`etc/apps/app_${number}/local/props.conf`, content);

describe('the batches of an archive', () => {
  /** Sizes of the batches of so many apps, in KiB; `share` says how much of the archive was read after so many. */
  function sizes(apps: number, share: (read: number) => number): number[] {
    let read = 0;
    const batches = new Batches(new ByteBlocks(), () => share(read));
    const cut: number[] = [];
    const size = (groups: FoundFile[][]): number => (groups.flat().length * FILE_BYTES) / KIB;
    for (; read < apps; read++) {
      const full = batches.add(app(read));
      if (full) cut.push(size(full.groups));
    }
    const rest = batches.rest();
    return rest ? [...cut, size(rest.groups)] : cut;
  }

  it('begin small and double, so that PostgreSQL has work soon', () => {
    expect(sizes(400, () => 0).slice(0, 5)).toEqual([256, 512, 1024, 2048, 2048]);
  });

  it('are small again when little is still to come, so that nobody waits long for the last one', () => {
    const cut = sizes(1000, (read) => read / 1000);
    const [last = 0, ...before] = cut.slice(-4).toReversed();
    expect(Math.max(...cut)).toBe(2048);
    expect(last).toBeLessThanOrEqual(256);
    expect(before).toEqual([...before].sort((a, b) => a - b));
    expect(before[0]).toBeLessThanOrEqual(512);
    expect(cut.reduce((sum, one) => sum + one, 0)).toBe((1000 * FILE_BYTES) / KIB);
  });
});
