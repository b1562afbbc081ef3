import fastify from 'fastify';
import { acceptEmptyBody } from './accept-empty-body.ts';

describe('a request without a body', () => {
  it.each(['application/json', 'text/xml', 'nonsense'])('is taken with the type %s', async (type) => {
    const app = fastify();
    acceptEmptyBody(app);
    app.post('/', () => ({}));
    app.delete('/', () => ({}));
    const headers = { 'content-type': type };
    for (const method of ['POST', 'DELETE'] as const) {
      expect(await app.inject({ method, url: '/', headers })).toMatchObject({ statusCode: 200 });
      const counted = { ...headers, 'content-length': '0' };
      expect(await app.inject({ method, url: '/', headers: counted })).toMatchObject({ statusCode: 200 });
      expect(await app.inject({ method, url: '/', headers, payload: '{' })).not.toMatchObject({ statusCode: 200 });
    }
    await app.close();
  });
});
