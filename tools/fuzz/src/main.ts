import { parseArgs } from 'node:util';
import { Coverage } from './coverage.ts';
import { faultOf, fuzz } from './fuzz.ts';

const USAGE = `npm run fuzz -- [--seconds N] [--seed S]   make up files and look for one that is read wrongly
npm run fuzz -- --replay TEXT              look at one file again, written as a JSON string of Latin-1 characters`;

/** Every byte as a character of its own, so that any input can be pasted into a test. */
const shown = (input: Uint8Array) => JSON.stringify(Buffer.from(input).toString('latin1'));

function wholeNumber(text: string, option: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new TypeError(`${option} takes a whole number, not "${text}".`);
  return number;
}

function run(): number {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      replay: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.replay !== undefined) {
    const fault = faultOf(new Uint8Array(Buffer.from(JSON.parse(values.replay) as string, 'latin1')));
    console.log(fault ?? 'It is read as it should be.');
    return fault === null ? 0 : 1;
  }
  const seed = wholeNumber(values.seed, '--seed');
  const end = performance.now() + wholeNumber(values.seconds, '--seconds') * 1000;
  const coverage = new Coverage();
  coverage.start();
  const { inputs, corpus, findings } = fuzz({
    seed,
    goesOn: () => performance.now() < end,
    newBlocks: () => coverage.newBlocks(),
    timeEvery: 500,
  });
  coverage.stop();
  for (const { input, fault } of findings) console.log(`\n${fault}:\n  npm run fuzz -- --replay '${shown(input)}'`);
  console.log(
    `\nSeed ${seed}: ${inputs} files, ${corpus.length} of them worth keeping, ${coverage.blocks} blocks of code reached, ` +
      `${findings.length} read wrongly.`,
  );
  return findings.length > 0 ? 1 : 0;
}

try {
  process.exitCode = run();
} catch (error) {
  if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
