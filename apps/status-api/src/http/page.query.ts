import { Text, WholeNumber } from './filter.decorators.ts';

export const MAX_PAGE_ITEMS = 500;
export const DEFAULT_PAGE_ITEMS = 50;

/** Parameters of every list. */
export class PageQuery {
  @WholeNumber('limit', { min: 1, max: MAX_PAGE_ITEMS }, `Most items of a page; ${DEFAULT_PAGE_ITEMS} when not given.`)
  limit: number = DEFAULT_PAGE_ITEMS;

  @Text('cursor', 'next_cursor of the page before.')
  cursor?: string;
}
