import { troubleOf } from './database-trouble.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('trouble with a server', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'unreachable'],
    ['57P01', 'unreachable'],
    ['57P03', 'unreachable'],
    ['08006', 'unreachable'],
    ['53300', 'no_connection_left'],
    ['25006', 'read_only'],
    ['53100', 'disk_full'],
    ['57014', 'too_slow'],
    ['55P03', 'too_slow'],
  ])('is told by the code %s: %s', (code, trouble) => expect(troubleOf(withCode(code))).toBe(trouble));

  it('is told in the words of the driver, and as the cause of another error', () => {
    expect(troubleOf(new Error('Connection terminated unexpectedly'))).toBe('unreachable');
    expect(troubleOf(new Error('The query failed.', { cause: withCode('EPIPE') }))).toBe('unreachable');
    expect(troubleOf(new AggregateError([withCode('ECONNREFUSED')]))).toBe('unreachable');
  });

  it.each([withCode('23505'), withCode('ENOENT'), new Error('Out of range'), 'ECONNRESET', null])(
    'is none when it refuses what it was asked: %s',
    (error) => expect(troubleOf(error)).toBeNull(),
  );
});
