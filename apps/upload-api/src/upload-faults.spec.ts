import { BlobTooLarge } from '@confscope/blob-store';
import { keepingFailed, UploadInterrupted } from './upload-faults.ts';

const there = () => Promise.resolve();
const away = () => Promise.reject(new Error('ENOENT'));
const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('a file that could not be kept', () => {
  it.each([
    ['because it is too large', new BlobTooLarge(5), there, { status: 413, code: 'upload_too_large' }],
    ['because the disk is full', withCode('ENOSPC'), there, { status: 507, code: 'storage_full' }],
    ['because the storage is away', withCode('ENOENT'), away, { status: 503, code: 'storage_unavailable' }],
  ])('%s is answered with the reason and the remedy', async (_why, error, ping, problem) => {
    expect(await keepingFailed(error, ping)).toMatchObject(problem);
  });

  it('because its sender left, or for a reason nobody foresaw, is not blamed on the storage', async () => {
    const left = new UploadInterrupted();
    expect(await keepingFailed(left, away)).toBe(left);
    const unforeseen = new Error('bug');
    expect(await keepingFailed(unforeseen, there)).toBe(unforeseen);
  });
});
