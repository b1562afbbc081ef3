import type { FastifyInstance } from 'fastify';

/**
 * Takes requests without a body whatever type they say it has: many clients name JSON with every request, and commands say
 * all in their address. An empty form keeps its type, which tells what is missing in it.
 */
export function acceptEmptyBody(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
    if (isEmpty && !headers['content-type']?.startsWith('multipart/')) delete headers['content-type'];
    done();
  });
}
