import { Flag, Text } from '../http/filter.decorators.ts';
import { InstanceQuery } from '../effective/effective.query.ts';

/** Parameters of the list of a run's apps. */
export class AppListQuery extends InstanceQuery {
  @Text('app', 'Name of the app.')
  app?: string;

  @Flag('disabled', 'Only apps that are, or are not, disabled.')
  disabled?: boolean;
}
