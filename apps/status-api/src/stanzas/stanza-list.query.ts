import type { StanzaFilter } from '@confscope/persistence';
import { Flag, Text } from '../http/filter.decorators.ts';
import { OriginQuery, originFilterOf } from '../http/origin.query.ts';

/** Parameters of the list of a run's stanzas. */
export class StanzaListQuery extends OriginQuery {
  @Text('name', 'The whole name of the stanza.')
  name?: string;

  @Text('key', 'The stanza has a setting of this key.')
  key?: string;

  @Text('value', 'The stanza has a setting of this value; with key, the same setting. A secret has the value ********.')
  value?: string;

  @Text('q', 'The name, or the key or value of a setting, contains this text in any case.', 1)
  q?: string;

  @Flag(
    'machine_written',
    'Also what Splunk writes by itself: sourcetypes.conf and the app learned, unless one is asked for.',
  )
  machine_written: boolean = false;
}

/** The filter that the parameters say. Who names what Splunk writes by itself wants to see it. */
export function stanzaFilterOf(query: StanzaListQuery): StanzaFilter {
  const { name = null, key = null, value = null, q = null, conf, app } = query;
  const machineWritten = query.machine_written || conf === 'sourcetypes' || app === 'learned';
  return { ...originFilterOf(query), name, key, value, text: q, machineWritten };
}
