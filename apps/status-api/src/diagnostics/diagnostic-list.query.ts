import { FILE_CODES } from '@confscope/conf-parser';
import type { DiagnosticFilter } from '@confscope/persistence';
import { OneOf, Text } from '../http/filter.decorators.ts';
import { PageQuery } from '../http/page.query.ts';

export const SEVERITIES = ['error', 'warning', 'info'] as const;

/** Parameters of the list of a run's findings. */
export class DiagnosticListQuery extends PageQuery {
  @OneOf(
    'severity',
    SEVERITIES,
    'error: Splunk reads something else than was meant; warning: it may; info: it does not.',
  )
  severity?: (typeof SEVERITIES)[number];

  @OneOf('code', FILE_CODES, 'What was found in a file; what takes several files to see, conf check finds.')
  code?: string;

  @Text('app', 'Name of the app.')
  app?: string;

  @Text('conf', 'Name of the configuration, such as props; default.meta or local.meta for metadata.')
  conf?: string;
}

/** The filter that the parameters say. */
export function diagnosticFilterOf(query: DiagnosticListQuery): DiagnosticFilter {
  const { severity = null, code = null, app = null, conf = null } = query;
  return { severity, code, app, conf };
}
