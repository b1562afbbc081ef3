import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from './logger.ts';
import { Problem } from './problem.ts';

/** When to come back to a service that something is wrong with around. */
const RETRY_AFTER_S = 5;

/** Answers every failed request with `application/problem+json`; only what nobody foresaw is logged as an error. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;
  readonly #explain: (error: unknown) => Problem | null;

  /** @param explain knows errors of libraries that have an answer of their own; null for those it does not know */
  constructor(logger: Logger, explain: (error: unknown) => Problem | null) {
    this.#logger = logger;
    this.#explain = explain;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = error instanceof Problem ? error : (this.#explain(error) ?? problemOf(error, request));
    if (problem.status >= 500) this.#logger.error({ err: error, path: request.url.split('?')[0] }, 'request failed');
    // Nobody is there to read an answer to a request that broke off. (One that was read to its end is destroyed too.)
    if (reply.sent || (request.raw.destroyed && !request.raw.complete)) return;
    sendProblem(reply, problem);
  }
}

/** Answers with a problem (RFC 9457). */
export function sendProblem(reply: FastifyReply, { status, detail, code, errors }: Problem): void {
  if (status === 503) void reply.header('retry-after', RETRY_AFTER_S);
  const trace_id = traceId();
  void reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code, errors, trace_id });
}

const traceId = (): string | null => trace.getActiveSpan()?.spanContext().traceId ?? null;

function problemOf(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof HttpException) return problemOfNest(error, request);
  return refusalOf(error as Partial<FastifyError>);
}

/** Fastify's own refusals carry a status; the ones below 500 are the client's to mend. */
export function refusalOf({ statusCode, code, message }: Partial<FastifyError>): Problem {
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem(statusCode, (code ?? 'bad_request').toLowerCase(), message ?? 'The request is not valid.');
  const clue = traceId() === null ? 'the log of the service says what it was' : 'the trace id helps to find it';
  return new Problem(500, 'internal_error', `Something went wrong on our side. Try again; ${clue}.`);
}

function problemOfNest(error: HttpException, request: FastifyRequest): Problem {
  const status = error.getStatus();
  const path = request.url.split('?')[0];
  if (status === 404) return new Problem(404, 'not_found', `There is no ${request.method} ${path}.`);
  if (status === 415)
    return new Problem(
      415,
      'unsupported_media_type',
      `The content type ${JSON.stringify(request.headers['content-type'] ?? '')} is not supported. Uploads are sent as multipart/form-data, as curl -F does; everything else as application/json.`,
      [{ field: 'Content-Type', message: 'The content type is not supported.' }],
    );
  return new Problem(status, status === 400 ? 'invalid_request' : 'request_refused', error.message);
}
