import { parseRedisVersion } from './redis-version.ts';

describe('the version of a Redis server', () => {
  it.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1', 'Redis', '7.0.15', true],
    ['Redis server v=6.2.0 sha=00000000:0 malloc=libc bits=64 build=1', 'Redis', '6.2.0', true],
    ['Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=1', 'Redis', '6.0.16', false],
    ['Redis server v=5.0.7 sha=00000000:0', 'Redis', '5.0.7', false],
    ['Valkey server v=8.1.1 sha=00000000:1 malloc=libc bits=64 build=1', 'Valkey', '8.1.1', true],
  ])('reads %s', (output, name, version, isEnough) => {
    expect(parseRedisVersion(output)).toEqual({ name, version, isEnough });
  });

  it('does not take another program for a Redis', () => {
    expect(parseRedisVersion('sh: redis-server: not found')).toBeUndefined();
  });
});
