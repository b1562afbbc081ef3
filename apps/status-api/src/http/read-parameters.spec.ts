import { readTime } from './read-parameters.ts';

describe('a time of a query', () => {
  it.each([
    '2026-02-31T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T23:59:59+02:00',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T08:60:00Z',
    '2026-01-31',
    '2026-01-31 08:00:00Z',
  ])('is refused when there is no such time: %s', (text) => {
    expect(() => readTime('since', text)).toThrow('since must be an RFC 3339 time');
  });

  it.each([
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2026-01-01t00:30:00+02:00', '2025-12-31T22:30:00.000Z'],
    ['2026-12-31T23:59:59.999-00:00', '2026-12-31T23:59:59.999Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
  ])('is read: %s', (text, time) => {
    expect(readTime('since', text)?.toISOString()).toBe(time);
  });

  it('may be left out', () => {
    expect(readTime('since', undefined)).toBeNull();
  });
});
