import { BadOptions, readOptions } from './options.ts';

describe('the command line of the bench', () => {
  it('asks for everything when it is empty', () => {
    expect(readOptions([])).toEqual({
      verbs: ['conf', 'ingest', 'query', 'queue', 'upload'],
      apps: [10, 300, 4800],
      rounds: null,
      archive: null,
      uploadMib: 512,
      otherRuns: 0,
      json: '.confscope/bench.json',
      picture: '.confscope/growth.svg',
      compare: null,
    });
  });

  it('names benchmarks, sizes, rounds and files', () => {
    const args = ['ingest', '--apps', '5,20', '--rounds', '2', '--archive', 'a.zip', '--json', 'j', '--compare', 'c'];
    expect(readOptions(args)).toEqual({
      verbs: ['ingest'],
      apps: [5, 20],
      rounds: 2,
      archive: 'a.zip',
      uploadMib: 512,
      otherRuns: 0,
      json: 'j',
      picture: '.confscope/growth.svg',
      compare: 'c',
    });
  });

  it('measures growth only when asked, and to a greater size', () => {
    expect(readOptions(['growth', '--other-runs', '7', '--picture', 'p.svg'])).toMatchObject({
      verbs: ['growth'],
      apps: [10, 300, 4800, 20000],
      otherRuns: 7,
      picture: 'p.svg',
    });
  });

  it.each([
    [['parser'], '"parser" is no benchmark'],
    [['--apps', '10,x'], '--apps takes whole numbers'],
    [['--rounds', '0'], '--rounds takes whole numbers'],
    [['--fast'], "Unknown option '--fast'"],
  ])('%j is refused with the usage', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(BadOptions);
    expect(() => readOptions(args)).toThrow(sentence);
    expect(() => readOptions(args)).toThrow('npm run bench --');
  });
});
