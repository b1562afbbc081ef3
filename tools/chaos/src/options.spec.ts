import { LONG_FORM, readOptions, SHORT_FORM, USAGE } from './options.ts';

describe('the command line of a storm', () => {
  it('is the long form unless it says otherwise', () => {
    expect(readOptions([])).toEqual(LONG_FORM);
    expect(readOptions(['--short'])).toEqual(SHORT_FORM);
    expect(readOptions(['--seed', '7', '--gap-ms=0', '--size', '40', '--keep-logs'])).toEqual({
      ...LONG_FORM,
      seed: 7,
      gapMs: 0,
      sizeFactor: 0.4,
      keepLogs: true,
    });
    expect(readOptions(['--only', 'worker killed, Redis emptied'])?.only).toEqual(['worker killed', 'Redis emptied']);
  });

  it.each([['--help'], ['-h']])('asks for the usage with %s', (option) => {
    expect(readOptions([option])).toBeNull();
    expect(USAGE).toContain('--gap-ms N');
    expect(USAGE).toContain('  worker killed\n');
  });

  it.each<[string[], string]>([
    [['--sed', '7'], "Unknown option '--sed'"],
    [['seven'], "Unexpected argument 'seven'"],
    [['--seed'], "Option '--seed <value>' argument missing"],
    [['--runs', '0'], '--runs takes a whole number of at least 1, not "0".'],
    [['--faults', '1e3'], '--faults takes a whole number of at least 0, not "1e3".'],
    [['--only', 'worker killed,earthquake'], '--only: no kind of fault is called "earthquake".'],
  ])('is refused with what is wrong: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
