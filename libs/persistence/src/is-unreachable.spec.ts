import { isUnreachable } from './is-unreachable.ts';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('a server', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '53300'])('is unreachable by the code %s', (code) =>
    expect(isUnreachable(withCode(code))).toBe(true),
  );

  it('is unreachable in the words of the driver, and as the cause of another error', () => {
    expect(isUnreachable(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isUnreachable(new Error('The query failed.', { cause: withCode('EPIPE') }))).toBe(true);
    expect(isUnreachable(new AggregateError([withCode('ECONNREFUSED')]))).toBe(true);
  });

  it.each([withCode('23505'), withCode('53100'), withCode('ENOENT'), new Error('Out of range'), 'ECONNRESET', null])(
    'that refuses what it was asked is there: %s',
    (error) => expect(isUnreachable(error)).toBe(false),
  );
});
