import { parseArgs, type ParseArgsConfig } from 'node:util';
import { DEFAULT_HOME, type Severity } from '@confscope/conf-parser';
import type { BtoolCommand } from './commands/btool.ts';
import type { EventCommand } from './commands/event.ts';
import type { EtcQuestion } from './merge-conf.ts';
import { Misuse } from './misuse.ts';

/** What is to be done. */
export type Command =
  | { verb: 'help' }
  | { verb: 'codes' }
  | { verb: 'parse'; paths: string[]; json: boolean; stdinName: string; showSecrets: boolean }
  | { verb: 'check'; paths: string[]; json: boolean; stdinName: string; severity: Severity }
  | ({ verb: 'btool' } & BtoolCommand)
  | ({ verb: 'event' } & EventCommand)
  | { verb: 'mask'; paths: string[]; json: boolean; stdinName: string };

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const READING = { json: { type: 'boolean' }, name: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
const ASKING = {
  etc: { type: 'string' },
  debug: { type: 'boolean' },
  home: { type: 'string' },
  app: { type: 'string' },
  user: { type: 'string' },
  instance: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
const OPTIONS = {
  parse: { ...READING, 'show-secrets': { type: 'boolean' } },
  check: { ...READING, severity: { type: 'string' } },
  mask: READING,
  btool: ASKING,
  event: { ...ASKING, source: { type: 'string' }, host: { type: 'string' }, sourcetype: { type: 'string' } },
  codes: { help: { type: 'boolean', short: 'h' } },
} as const satisfies Record<string, ParseArgsConfig['options']>;
type Verb = keyof typeof OPTIONS;

/** @throws Misuse when the arguments make no sense */
export function readCommandLine(args: readonly string[]): Command {
  const [verb, ...rest] = args;
  if (verb === undefined) throw new Misuse('Say what to do: "conf --help" lists the commands.');
  if (verb === '--help' || verb === '-h' || verb === 'help') return { verb: 'help' };
  if (!isVerb(verb))
    throw new Misuse(`There is no command "${verb}". The commands are ${Object.keys(OPTIONS).join(', ')}.`);
  const { values, positionals } = readOptions(verb, rest);
  if (values['help'] === true) return { verb: 'help' };
  if (verb === 'codes') return { verb };
  if (verb === 'btool') return { verb, ...readBtool(values, positionals) };
  if (verb === 'event') return { verb, ...readEvent(values, positionals) };
  if (positionals.length === 0)
    throw new Misuse(`"conf ${verb}" needs a file, a folder or an archive; "-" reads standard input.`);
  if (positionals.filter((path) => path === '-').length > 1)
    throw new Misuse('Standard input ("-") can be read once only. Leave out the second "-".');
  const reading = {
    paths: positionals,
    json: values['json'] === true,
    stdinName: typeof values['name'] === 'string' ? values['name'] : '-',
  };
  if (verb === 'mask') return { verb, ...reading };
  if (verb === 'parse') return { verb, ...reading, showSecrets: values['show-secrets'] === true };
  return { verb, ...reading, severity: readSeverity(values['severity']) };
}

function readBtool(values: Values, [conf, list, prefix, ...rest]: readonly string[]): BtoolCommand {
  if (conf === undefined || list !== 'list' || rest.length > 0)
    throw new Misuse('Write "conf btool CONF list [PREFIX] --etc PATH", with CONF as in "props".');
  const question = readQuestion('btool', conf.replace(/\.conf$/, ''), values);
  return { ...question, prefix: prefix ?? '', debug: values['debug'] === true };
}

function readEvent(values: Values, rest: readonly string[]): EventCommand {
  const [source, host, sourcetype] = [textOf(values, 'source'), textOf(values, 'host'), textOf(values, 'sourcetype')];
  if (rest.length > 0 || (source === null && host === null && sourcetype === null))
    throw new Misuse(
      'Write "conf event --etc PATH", with --source, --host and --sourcetype as far as the event has them.',
    );
  for (const [name, value] of Object.entries({ source, host, sourcetype }))
    if (value === '') throw new Misuse(`--${name} is empty. Leave it out when the event has none.`);
  const question = readQuestion('event', 'props', values);
  return { ...question, event: { source, host, sourcetype }, debug: values['debug'] === true };
}

function readQuestion(verb: Verb, conf: string, values: Values): EtcQuestion {
  const etc = textOf(values, 'etc');
  if (etc === null)
    throw new Misuse(`"conf ${verb}" needs --etc: a folder that holds apps and system, or an archive of it.`);
  const [app, user] = [textOf(values, 'app'), textOf(values, 'user')];
  if (user !== null && app === null) throw new Misuse('--user goes with --app: a user has settings in an app alone.');
  return { conf, etc, home: textOf(values, 'home') ?? DEFAULT_HOME, app, user, instance: textOf(values, 'instance') };
}

type Values = Readonly<Record<string, unknown>>;

const textOf = (values: Values, name: string): string | null => {
  const value = values[name];
  return typeof value === 'string' ? value : null;
};

function isVerb(verb: string): verb is Verb {
  return Object.hasOwn(OPTIONS, verb);
}

function readOptions(verb: Verb, args: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options: OPTIONS[verb], allowPositionals: true, strict: true });
  } catch (error) {
    // Node's sentence names the option; its hint about "--" says the rest.
    throw new Misuse(`${(error as Error).message.replace(/\.$/, '')}. "conf --help" lists the options.`);
  }
}

function readSeverity(value: unknown): Severity {
  const severity = SEVERITIES.find((known) => known === (value ?? 'info'));
  if (!severity) throw new Misuse(`There is no severity "${String(value)}". Use error, warning or info.`);
  return severity;
}
