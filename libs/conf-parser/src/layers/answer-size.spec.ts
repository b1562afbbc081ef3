import { answerSize } from './answer-size.ts';
import { effectiveConf } from './effective-conf.ts';
import { etcOf } from './etc-of.fixture.ts';
import { printBtool } from './print-btool.ts';

describe('the size of an answer', () => {
  const keys = Array.from({ length: 3000 }, (_, i) => `k${i} = ${'v'.repeat(100)}\n`).join('');
  const stanzas = Array.from({ length: 3000 }, (_, i) => `[s${i}]\n`).join('');
  const bomb = effectiveConf(etcOf({ 'etc/system/local/x.conf': `[default]\n${keys}${stanzas}` }), 'x');

  it('is known of one that could not be made', () => {
    const { settings, chars } = answerSize(bomb);
    expect(settings).toBe(3001 * 3000);
    expect(chars).toBeGreaterThan(900e6);
  });

  it('is that of what is asked for', () => {
    expect(answerSize(bomb, { prefix: 's1234' })).toMatchObject({ settings: 3000 });
    expect(answerSize(bomb, { own: true })).toMatchObject({ settings: 3000 });
    expect(answerSize(bomb, { prefix: 's', own: true })).toMatchObject({ settings: 0 });
  });

  it('is never less than what is printed', () => {
    const files = {
      'etc/system/local/x.conf': '[default]\na = 1\nb = 2\n[s]\na = 3\n',
      'etc/apps/x/local/x.conf': '[s]\nc = 4\n',
    };
    const effective = effectiveConf(etcOf(files), 'x');
    const lines = printBtool(effective).split('\n').length - 1;
    expect(answerSize(effective).settings).toBeGreaterThanOrEqual(lines - effective.stanzas.length);
    const listed = printBtool(effective, { debug: true });
    expect(answerSize(effective, { debug: true }).chars).toBeGreaterThanOrEqual(
      listed.length - 'default = \n'.length * lines,
    );
  });
});
