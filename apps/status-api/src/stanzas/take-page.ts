import type { StanzaRow } from '@confscope/persistence';
import { MAX_ANSWER_CHARS } from '../http/answer-limit.ts';
import type { StanzaResponse } from './stanza.response.ts';
import { viewStanza } from './view-stanza.ts';

/**
 * Takes a page of a list: as many stanzas as are asked for, fewer where they would come to a larger answer than is sent, and
 * one at least, so that whoever goes on comes to the end.
 */
export async function takePage(
  stanzas: AsyncIterable<StanzaRow>,
  limit: number,
  maxChars = MAX_ANSWER_CHARS,
): Promise<{ items: StanzaResponse[]; hasMore: boolean }> {
  const items: StanzaResponse[] = [];
  let chars = 0;
  for await (const row of stanzas) {
    const item = viewStanza(row);
    // How many characters a text takes in JSON is known only when it is written.
    chars += JSON.stringify(item).length;
    if (items.length === limit || (items.length > 0 && chars > maxChars)) return { items, hasMore: true };
    items.push(item);
  }
  return { items, hasMore: false };
}
