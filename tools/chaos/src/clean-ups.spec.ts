import { CleanUps } from './clean-ups.ts';

describe('what has to be ended again', () => {
  it('is, the last thing first, and goes on after one that fails', async () => {
    const done: string[] = [];
    const cleanUps = new CleanUps();
    cleanUps.add(async () => void done.push(await Promise.resolve('first')));
    cleanUps.add(() => Promise.reject(new Error('cannot be ended')));
    cleanUps.add(async () => void done.push(await Promise.resolve('last')));
    await expect(cleanUps.run()).rejects.toThrow('cannot be ended');
    expect(done).toEqual(['last', 'first']);
  });

  it('is waited for by everybody who asks: a signal may come twice', async () => {
    const slow = Promise.withResolvers<void>();
    const cleanUps = new CleanUps();
    let ended = 0;
    cleanUps.add(() => slow.promise.then(() => void ended++));
    const [first, second] = [cleanUps.run(), cleanUps.run()];
    let isSecondOver = false;
    void second.then(() => (isSecondOver = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSecondOver).toBe(false);
    slow.resolve();
    await Promise.all([first, second]);
    expect(ended).toBe(1);
    await cleanUps.run();
    expect(ended).toBe(1);
  });
});
