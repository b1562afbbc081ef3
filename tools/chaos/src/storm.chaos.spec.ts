import { SHORT_FORM } from './options.ts';
import { runStorm } from './storm.ts';
import { brokenInvariants, scoreboard } from './verdict/scoreboard.ts';

/** One storm for every run of the tests; `npm run chaos` raises others. */
const SEED = 4;

describe('the system in a storm of faults', () => {
  it(`ends every accepted run as a calm system does, repeats nothing and leaves nothing behind (seed ${SEED})`, async () => {
    const progress: string[] = [];
    const { verdict, folder } = await runStorm({ ...SHORT_FORM, seed: SEED }, (line) => progress.push(line));
    const broken = brokenInvariants(verdict);
    const report = [...progress, scoreboard(verdict), ...broken, ...(folder ? [`Logs: ${folder}`] : [])].join('\n');
    process.stdout.write(`${report}\n`);
    expect(broken).toEqual([]);
    expect(verdict.runs).toBe(SHORT_FORM.runs);
    expect(verdict.faults.filter(({ skipped }) => skipped === undefined)).toHaveLength(SHORT_FORM.faults);
  }, 600_000);
});
