import type { FastifyReply, FastifyRequest } from 'fastify';

/** Tells the address of the next page (RFC 8288): this one, with other parameters. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, parameters: Record<string, string>): void {
  const [path = '', query = ''] = request.url.split('?', 2);
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(parameters)) next.set(name, value);
  void reply.header('link', `<${path}?${next.toString()}>; rel="next"`);
}
