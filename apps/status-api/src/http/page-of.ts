import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeCursor, encodeCursor, isRowNumber } from './cursor.ts';
import { linkNext } from './next-link.ts';
import type { PageQuery } from './page.query.ts';

/** A page of a list that was put together in memory, and how long the list is. */
export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
  total: number;
}

/** A list that knows its length before it is made. */
interface Sliceable<Item> {
  readonly length: number;
  slice(start: number, end: number): Item[];
}

/** Reads where the page begins. @throws Problem `invalid_cursor` */
export function pageStart(query: PageQuery): number {
  return decodeCursor(query.cursor, ([start]) => (isRowNumber(start, Number.MAX_SAFE_INTEGER) ? start : null)) ?? 0;
}

/** Cuts a page out of a list that never changes. */
export function pageOf<Item>(
  all: Sliceable<Item>,
  start: number,
  limit: number,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Page<Item> {
  const end = start + limit;
  const next = end < all.length ? encodeCursor([end]) : null;
  if (next !== null) linkNext(request, reply, { cursor: next });
  return { items: all.slice(start, end), next_cursor: next, total: all.length };
}
