import fc from 'fast-check';
import { MASK, maskText } from './mask-text.ts';

describe('a text with a secret in it', () => {
  it.each([
    ['https://ann:hunter2@host:8089/x', `https://ann:${MASK}@host:8089/x`],
    ['a http://u:p@h,https://v:q@i b', `a http://u:${MASK}@h,https://v:${MASK}@i b`],
    ['redis://:p@ss@host', `redis://:${MASK}@host`],
    ['key=AKIAIOSFODNN7EXAMPLE, x', `key=${MASK}, x`],
    ['Authorization: Bearer abc.def.ghi', `Authorization: Bearer ${MASK}`],
    ['authorization: bearer AbC123==;', `authorization: bearer ${MASK};`],
    [
      'x -----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- y',
      `x -----BEGIN PRIVATE KEY-----${MASK}-----END PRIVATE KEY----- y`,
    ],
    ['-----BEGIN PRIVATE KEY-----\nMII', `-----BEGIN PRIVATE KEY-----${MASK}`],
  ])('keeps the rest and loses the secret: %s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
    expect(maskText(masked)).toBe(masked);
  });

  it('is left alone when there is none', () => {
    for (const text of ['', 'source::/var/log/x', 'monitor://C:\\logs', 'https://host:8089/a@b', 'Bearer of news'])
      expect(maskText(text)).toBe(text);
  });

  it('never shows the password of a URL', () => {
    const password = fc.stringMatching(/^[A-Za-z0-9!#$%&*+,.;:=^_~-]{8,30}$/);
    fc.assert(
      fc.property(password, fc.webFragments(), (secret, rest) => {
        fc.pre(/[A-Za-z0-9]{2}/.test(secret) && !/^\$\w+\$$/.test(secret));
        expect(maskText(`https://ann:${secret}@host/${rest}`)).toBe(`https://ann:${MASK}@host/${rest}`);
      }),
    );
  });
});
