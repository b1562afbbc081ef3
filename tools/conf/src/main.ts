import { inspect } from 'node:util';
import { diagnosticsPage } from '@confscope/conf-parser';
import { type Command, readCommandLine } from './command-line.ts';
import { btoolCommand } from './commands/btool.ts';
import { checkCommand } from './commands/check.ts';
import { eventCommand } from './commands/event.ts';
import { maskCommand } from './commands/mask.ts';
import { parseCommand } from './commands/parse.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { Misuse } from './misuse.ts';
import { Output } from './output.ts';
import { USAGE } from './usage.ts';

const output = new Output(process.stdout);
const notes = new Output(process.stderr);

async function run(command: Command): Promise<ExitCode> {
  if (command.verb === 'help' || command.verb === 'codes') {
    await output.write(command.verb === 'help' ? USAGE : diagnosticsPage());
    return EXIT.clean;
  }
  if (command.verb === 'btool') return btoolCommand(command, output, notes);
  if (command.verb === 'event') return eventCommand(command, output, notes);
  const stdin = { stream: process.stdin, name: command.stdinName };
  switch (command.verb) {
    case 'parse':
      return parseCommand(command, stdin, output, notes);
    case 'check':
      return checkCommand(command, stdin, output, notes);
    case 'mask':
      return maskCommand(command, stdin, output, notes);
  }
}

// A command that ends before it is through, as one does that waits for what never comes, must not look like success.
process.exitCode = EXIT.misuse;
try {
  process.exitCode = await run(readCommandLine(process.argv.slice(2)));
} catch (error) {
  // Whatever nobody foresaw must not look like findings to a script either.
  await notes.line(error instanceof Misuse ? `conf: ${error.message}` : inspect(error));
}
