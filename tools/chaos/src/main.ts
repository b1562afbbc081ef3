import { CleanUps } from './clean-ups.ts';
import { BadOptions, readOptions, USAGE } from './options.ts';
import { runStorm } from './storm.ts';
import { brokenInvariants, scoreboard } from './verdict/scoreboard.ts';

/** `npm run chaos`: exits with 1 when an invariant broke, and names the seed and the folder of the logs. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(USAGE);
    return 0;
  }
  const cleanUps = new CleanUps();
  const end = () => void cleanUps.run().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(signal, end);
  const { verdict, folder } = await runStorm(options, (line) => console.log(line), cleanUps);
  console.log(`\n${scoreboard(verdict)}`);
  const broken = brokenInvariants(verdict);
  if (folder) console.log(`\nLogs: ${folder}`);
  if (broken.length === 0) return 0;
  console.error(`\n${broken.join('\n')}\n\nRepeat it with: npm run chaos -- --seed ${options.seed}`);
  return 1;
}

try {
  process.exit(await main());
} catch (error) {
  if (error instanceof BadOptions) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
  console.error(
    error instanceof Error ? (error.stack ?? error.message) : error,
    error instanceof Error ? error.cause : '',
  );
  process.exit(1);
}
