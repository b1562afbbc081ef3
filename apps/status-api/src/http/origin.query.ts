import { SCOPES } from '@confscope/conf-parser';
import type { RunFileFilter } from '@confscope/persistence';
import { OneOf, Text } from './filter.decorators.ts';
import { PageQuery } from './page.query.ts';

export const LAYERS = ['default', 'local'] as const;

/** Parameters of lists of things that stand in files. */
export class OriginQuery extends PageQuery {
  @Text('conf', 'Name of the configuration, such as props; default.meta or local.meta for metadata.')
  conf?: string;

  @Text('app', 'Name of the app.')
  app?: string;

  @OneOf('scope', SCOPES, 'Where the file counts.')
  scope?: (typeof SCOPES)[number];

  @OneOf('layer', LAYERS, 'Layer of the file.')
  layer?: (typeof LAYERS)[number];
}

/** The filter that these parameters say. */
export function originFilterOf(query: OriginQuery): Pick<RunFileFilter, 'conf' | 'app' | 'scope' | 'layer'> {
  const { conf = null, app = null, scope = null, layer = null } = query;
  return { conf, app, scope, layer };
}
