import type { StanzaFilter } from '@confscope/persistence';
import { Text } from '../http/filter.decorators.ts';
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
}

/** The filter that the parameters say. */
export function stanzaFilterOf(query: StanzaListQuery): StanzaFilter {
  const { name = null, key = null, value = null, q = null } = query;
  return { ...originFilterOf(query), name, key, value, text: q };
}
