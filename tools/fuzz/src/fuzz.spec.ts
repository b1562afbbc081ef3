import { faultOf, fuzz } from './fuzz.ts';
import { Random } from '@confscope/random';
import { mutate, SEEDS } from './mutate.ts';

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('made-up files', () => {
  it('are read as the format says, however strange they are', () => {
    const { inputs, findings } = fuzz({ seed: 1, goesOn: (count) => count < 1500, newBlocks: () => 0 });
    expect(findings.map(({ input, fault }) => [fault, Buffer.from(input).toString('latin1')])).toEqual([]);
    expect(inputs).toBe(1500);
  });

  it('are the same for the same seed', () => {
    const some = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 50 }, () => mutate(random, SEEDS));
    };
    expect(some(7)).toEqual(some(7));
    expect(some(7)).not.toEqual(some(8));
  });

  it('grow out of those that reach something new', () => {
    let blocks = 0;
    const { corpus } = fuzz({
      seed: 2,
      goesOn: (count) => count < 100,
      newBlocks: () => (blocks++ % 10 === 0 ? 1 : 0),
    });
    expect(corpus.length).toBeGreaterThan(SEEDS.length + 5);
  });
});

describe('what was read wrongly once', () => {
  it.each([
    'token=g\n[\\\ntoken=]',
    '[-----BEGIN Y-----]\n\xeb',
    '://:p@=-----BEGIN K-----',
    '://:p@=s://u:p@',
    'pass4SymmKey=h\n=-----END-----BEGIN Y-----=',
    'pass4SymmKey=h\n=-----ENDtoken=;',
    '[]$6$s$aB5gH7aB3dE5gH7aB3dE$6$t$aB3dE5gH7aB3dE5gH750',
    '[]AKIAIOSFODNN7EXAMPLE$7$lxaIiojzFhNyAvERJS',
    'Pw=u\n[script:// -p2\\\n]',
    '#Authorization:Basic b2c3d4=token=A',
    '#Authorization:Basic b2c3d4= token=m',
    'token=h\n\xef\xbb\xbf#=\\\nPw=]',
    '-----BEGIN Y-----AKCAQEA7bq98Zx0x\\\\\nPw=\\',
    '-----BEGIN Y-----IBAAKCAQEA7bq98Z:\\\nPw=\\',
    '\\\ndE5gH7aB3dE5gH7aB3sh=token=A',
    '\\\n57aB3dE5gH7aB3search=Authorization:Basic b2c3d4',
  ])('is read as it should be: %j', (text) => {
    expect(faultOf(latin1(text))).toBeNull();
  });
});
