import { createHash } from 'node:crypto';
import type { RunRow } from '@confscope/persistence';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Part of every tag. Raise it when the shape of an answer changes, or clients keep the old shape. */
const SHAPE = 3;

/**
 * Answers something of a run. A complete run never changes, so what is asked of it has a tag that is known before it is
 * looked up, and a client that has it already is told so (304) at the cost of one row. Nothing else may be kept.
 *
 * @param answer may say that it would not come to the same again, and must not be kept
 * @returns what `answer` gives, or undefined with a 304
 */
export async function answerUnchanging<T>(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  run: RunRow,
  answer: (doNotKeep: () => void) => Promise<T> | T,
): Promise<T | undefined> {
  let isKept = run.status === 'complete';
  const doNotKeep = (): void => void (isKept = false);
  const tag = tagOf(run, request.url);
  const known = isKept && names(request.headers['if-none-match'], tag);
  const body = known ? undefined : await answer(doNotKeep);
  if (!isKept) {
    void reply.header('cache-control', 'no-store');
    return body;
  }
  // A run can be deleted: a copy may be kept, and has to be asked about each time.
  void reply.header('etag', tag).header('cache-control', 'private, no-cache');
  if (known) void reply.status(304);
  return body;
}

function tagOf(run: RunRow, url: string): string {
  const identity = [SHAPE, run.id, run.attempt, run.completed_at?.getTime(), url];
  return `"${createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 27)}"`;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function names(header: string | undefined, tag: string): boolean {
  return header !== undefined && header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}
