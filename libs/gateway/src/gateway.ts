import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import httpProxy from '@fastify/http-proxy';
import { fastify, type FastifyInstance } from 'fastify';

/** The two services behind the one public origin, as `http://host:port`. */
export interface Upstreams {
  uploadApi: string;
  statusApi: string;
}

/** Where a gateway listens, and how it ends. */
export interface Place {
  port: number;
  host: string;
  /**
   * On closing, requests in flight come to their end first, but for streams of events, whose readers ask again. Without
   * it every connection is ended at once.
   */
  drain?: boolean;
}

/** A listening gateway. */
export interface Gateway {
  url: string;
  /** Ends it, as its place says. */
  close(): Promise<void>;
}

// Every event stream holds one connection to the service behind.
const MAX_CONNECTIONS = 1_024;

/**
 * One origin for both services, as the reverse proxy in production: what changes something goes to upload-api, what
 * reads goes to status-api. Bodies stream both ways without a time limit; an upload may be large and slow. Throws when it
 * cannot listen there.
 */
export async function startGateway(place: Place, { uploadApi, statusApi }: Upstreams): Promise<Gateway> {
  const gateway = fastify({
    logger: false,
    forceCloseConnections: place.drain ? 'idle' : true,
    // An address that cannot be decoded, or is too long: a service would say the same.
    frameworkErrors: ({ statusCode = 400, code, message }, _request, reply) => {
      problem(reply as unknown as Answer, statusCode, code.toLowerCase(), message);
    },
  });
  const endStreams = keepEventStreams(gateway);
  const to = (upstream: string, service: string) => ({
    upstream,
    undici: { headersTimeout: 0, bodyTimeout: 0, connections: MAX_CONNECTIONS },
    disableRequestLogging: true,
    replyOptions: {
      // The services say 503 themselves when they mean it; asking again would only hide it.
      retryDelay: () => null,
      rewriteRequestHeaders: (_request: unknown, headers: IncomingHttpHeaders) => forwarded(headers),
      onError: (reply: Answer) => unavailable(reply, service),
    },
  });
  const reading = ['GET', 'HEAD'];
  await gateway.register(httpProxy, {
    ...to(uploadApi, 'upload-api'),
    prefix: '/upload-api',
    httpMethods: reading,
    routes: ['/docs', '/docs/*', '/openapi.json'],
  });
  const changing = { ...to(uploadApi, 'upload-api'), httpMethods: ['POST', 'PUT', 'PATCH', 'DELETE'] };
  await gateway.register(httpProxy, { ...changing, routes: ['/v1/*'] });
  // Whether this process answers; everything else is told by the services.
  gateway.get('/gateway/live', () => ({ status: 'ok' }));
  gateway.get('/', (_request, reply) => reply.redirect('/docs'));
  await gateway.register(httpProxy, { ...to(statusApi, 'status-api'), httpMethods: reading, routes: ['/*'] });
  gateway.setNotFoundHandler((request, reply) =>
    problem(reply, 404, 'not-found', `There is no ${request.method} ${request.url.split('?', 1)[0]}.`),
  );
  const url = await gateway.listen({ port: place.port, host: place.host });
  const close = (): Promise<void> => {
    endStreams();
    return gateway.close();
  };
  return { url, close };
}

/**
 * Keeps hold of the streams of events that pass through, which never end by themselves; the returned function ends all
 * of them, so that their readers see an end and no error.
 */
function keepEventStreams(gateway: FastifyInstance): () => void {
  const open = new Map<PassThrough, Readable>();
  let ending = false;
  gateway.addHook('onSend', (_request, reply, payload, done) => {
    if (!String(reply.getHeader('content-type')).startsWith('text/event-stream')) return done(null, payload);
    const source = payload as Readable;
    const stream = new PassThrough();
    source.on('error', (error) => stream.destroy(error));
    stream.on('close', () => {
      open.delete(stream);
      source.destroy();
    });
    source.pipe(stream);
    open.set(stream, source);
    if (ending) endStream(stream, source);
    done(null, stream);
  });
  return () => {
    ending = true;
    for (const [stream, source] of open) endStream(stream, source);
  };
}

function endStream(stream: PassThrough, source: Readable): void {
  source.unpipe(stream);
  stream.end();
}

/**
 * Headers between two hops that the client of the proxy refuses to send. Node has already answered `Expect:
 * 100-continue`, which curl sends with every larger upload, and a body of unknown length is sent in chunks anyway.
 */
function forwarded(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept = { ...headers };
  delete kept.expect;
  delete kept['transfer-encoding'];
  return kept;
}

/** The little of a Fastify reply that an error needs; the proxy types its replies for HTTP/2 as well. */
interface Answer {
  code(status: number): this;
  type(contentType: string): this;
  send(body: unknown): unknown;
}

const unavailable = (reply: Answer, service: string): unknown =>
  problem(reply, 503, 'service-unavailable', `${service} does not answer at the moment. Try again in a few seconds.`);

/** RFC 9457, like the errors of the services. */
function problem(reply: Answer, status: number, code: string, detail: string): unknown {
  const title = STATUS_CODES[status];
  return reply.code(status).type('application/problem+json').send({ type: 'about:blank', title, status, detail, code });
}
