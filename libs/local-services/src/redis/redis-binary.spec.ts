import { versionOf } from './redis-binary.ts';

describe('the version of a Redis server', () => {
  it('is read from what Redis and Valkey print', () => {
    expect(versionOf('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64')).toBe(7);
    expect(versionOf('Valkey server v=8.1.3 sha=00000000:0 malloc=libc bits=64')).toBe(8.1);
  });

  it('is 0 for anything else, which is too old to use', () => {
    expect(versionOf('command not found')).toBe(0);
  });
});
