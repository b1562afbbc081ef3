import { maskKey } from './key-material.ts';
import { MASK } from './mask.ts';

describe('the name of a setting', () => {
  it.each(['oauth2ClientIdName', 'enableS2SHeartbeat', 'useHTTP2Connection', 'sslVersionsForClient1'])(
    'is shown, also without a value: %s',
    (key) => expect(maskKey(key, '')).toBe(key),
  );

  it.each([
    ['m3Xq9Zt0VnPyK1sWw5uLk2bHdQ', '=='],
    ['m3Xq9Zt0VnPyK1sWw5uLk2bHdQe', '='],
    ['aaaaBBBB/aaa1aaaaBBBBaaaaBB', '='],
  ])('is masked when it is the last line of a key: %s%s', (key, padding) => {
    expect(maskKey(key, padding.slice(1))).toBe(MASK);
  });
});
