import { rmSync, statSync } from 'node:fs';
import { publicPlace } from './public-place.ts';

describe('a place that every account can reach', () => {
  it('is the same for the same key and another for another', () => {
    const place = publicPlace('spec-key-one');
    const other = publicPlace('spec-key-two');
    try {
      expect(publicPlace('spec-key-one')).toBe(place);
      expect(other).not.toBe(place);
      expect(statSync(place).mode & 0o777).toBe(0o755);
    } finally {
      rmSync(place, { recursive: true });
      rmSync(other, { recursive: true });
    }
  });
});
