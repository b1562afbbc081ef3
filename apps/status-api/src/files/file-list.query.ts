import type { RunFileFilter } from '@confscope/persistence';
import { OneOf, Text } from '../http/filter.decorators.ts';
import { OriginQuery, originFilterOf } from '../http/origin.query.ts';

export const FILE_KINDS = ['conf', 'meta', 'ignored'] as const;

/** Parameters of the list of a run's files. */
export class FileListQuery extends OriginQuery {
  @OneOf('kind', FILE_KINDS, 'ignored: a file that Splunk does not read in spite of its name.')
  kind?: (typeof FILE_KINDS)[number];

  @Text('path', 'Start of the path.')
  path?: string;
}

/** The filter that the parameters say. */
export function fileFilterOf(query: FileListQuery): RunFileFilter {
  return { ...originFilterOf(query), kind: query.kind ?? null, pathPrefix: query.path ?? null };
}
