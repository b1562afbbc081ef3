import { DEFAULT_HOME, EVENT_FIELDS, type SplunkEvent, type Target, TARGETS } from '@confscope/conf-parser';
import { Flag, OneOf, Text } from '../http/filter.decorators.ts';
import { PageQuery } from '../http/page.query.ts';

export const CONTEXTS = ['global', 'app', 'peer'] as const;
export const FORMATS = ['json', 'btool'] as const;

/** Parameters of everything that is asked of one instance of an upload. */
export class InstanceQuery extends PageQuery {
  @Text('instance', 'Root folder of the instance; needed when the upload holds several.')
  instance?: string;

  @OneOf('target', TARGETS, 'Whose configuration: of the instance itself, or of those it hands it out to.')
  target?: Target;
}

/** Parameters of the effective configuration. */
export class EffectiveQuery extends InstanceQuery {
  @OneOf('context', CONTEXTS, 'global: index time; peer: with the bundle of a cluster; app: search time, in an app.')
  context?: (typeof CONTEXTS)[number];

  @Text('app', 'The app that asks; implies context=app.', 1)
  app?: string;

  @Text('user', 'The user who asks, in the app.', 1)
  user?: string;

  @Text('stanza', 'Only the stanza of this name; with it the answer lists every stanza of the name.')
  stanza?: string;

  @Text('prefix', 'Only stanzas whose names start with this text.')
  prefix?: string;

  @Text('key', 'Only settings of this key.')
  key?: string;

  @Flag('own', 'Leave out what stanzas take from [default] or from their scheme.')
  own: boolean = false;

  @Flag(
    'inherit',
    'Also what Splunk takes from stanzas by their names, as [tcpout:a] from [tcpout]; btool shows none of it.',
  )
  inherit: boolean = false;

  @Text(
    'source',
    'Of props: what holds for an event of this source, host and sourcetype. Asterisks stop at the backslashes of a Windows path.',
    1,
  )
  source?: string;

  @Text('host', 'Of props: the host of the event.', 1)
  host?: string;

  @Text('sourcetype', 'Of props: the sourcetype of the event; the one that its source gives it when not given.', 1)
  sourcetype?: string;

  @OneOf('format', FORMATS, 'btool: the text that splunk btool list prints.')
  format: (typeof FORMATS)[number] = 'json';

  @Flag('debug', 'With format=btool: the file before each line, as btool --debug prints it.')
  debug: boolean = false;

  @Text('home', `$SPLUNK_HOME, of Linux or Windows; ${DEFAULT_HOME} when not given.`, 1)
  home: string = DEFAULT_HOME;
}

/** The event that is asked for; null when the question is about none. */
export function eventOf(query: EffectiveQuery): SplunkEvent | null {
  const { source = null, host = null, sourcetype = null } = query;
  const event: SplunkEvent = { source, host, sourcetype };
  return EVENT_FIELDS.every((field) => event[field] === null) ? null : event;
}
