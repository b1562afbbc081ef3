import { RUN_STATUSES, type RunStatus, UPLOAD_TYPES, type UploadType } from '@confscope/domain';
import { OneOf, Text, WholeNumber } from '../http/filter.decorators.ts';
import { MAX_PAGE_ITEMS, PageQuery } from '../http/page.query.ts';

const MAX_PAGE = 1_000_000;

/** Parameters of the list of runs. */
export class RunListQuery extends PageQuery {
  @OneOf('status', RUN_STATUSES, 'Where the run is in its life.')
  status?: RunStatus;

  @OneOf('type', UPLOAD_TYPES, 'What was uploaded.')
  type?: UploadType;

  @Text('label', 'The whole label.')
  label?: string;

  @Text('since', 'RFC 3339 time; only runs created then or later.')
  since?: string;

  @WholeNumber('page', { min: 1, max: MAX_PAGE }, 'Number of the page, from 1, instead of a cursor.')
  page?: number;

  @WholeNumber('per_page', { min: 1, max: MAX_PAGE_ITEMS }, 'The same as limit.')
  per_page?: number;
}
