import fc from 'fast-check';
import { compareBytes, sortByBytes, utf8Length } from './byte-order.ts';

const wellFormed = fc.string({ unit: 'binary', maxLength: 6 });
const byBuffer = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('byte order', () => {
  it('is that of UTF-8, which UTF-16 does not have', () => {
    expect(['\u{1f600}', '\uff01', 'é', 'a', '_', 'Z', '9'].sort(compareBytes).join(' ')).toBe(
      '9 Z _ a é \uff01 \u{1f600}',
    );
    expect(['\u{1f600}', '\uff01'].sort().join(' ')).toBe('\u{1f600} \uff01');
  });

  it('is that of the bytes for any two texts', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => Math.sign(compareBytes(a, b)) === Math.sign(byBuffer(a, b))),
    );
  });

  it('is the order that lists are sorted in', () => {
    fc.assert(
      fc.property(fc.array(wellFormed), (texts) => {
        expect(sortByBytes([...texts], (text) => text)).toEqual([...texts].sort(byBuffer));
      }),
    );
  });

  it('comes with the length in bytes', () => {
    fc.assert(fc.property(wellFormed, (text) => utf8Length(text) === Buffer.byteLength(text)));
  });
});
