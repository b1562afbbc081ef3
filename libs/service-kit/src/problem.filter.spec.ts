import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import fastify from 'fastify';
import { refusalOf, sendProblem } from './problem.filter.ts';

describe('the answer to a request that failed', () => {
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());

  /** What a service answers to an error that nobody foresaw. */
  async function answer(isTraced: boolean): Promise<{ detail: string; trace_id: string | null }> {
    const app = fastify();
    const span = new TracerProvider().getTracer('spec').startSpan('request');
    const within = isTraced ? trace.setSpan(context.active(), span) : context.active();
    app.get('/', (_request, reply) => context.with(within, () => sendProblem(reply, refusalOf(new Error('bug')))));
    const response = await app.inject('/');
    await app.close();
    return response.json();
  }

  it('speaks of the trace id when there is one', async () => {
    const { detail, trace_id } = await answer(true);
    expect(trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(detail).toContain('trace id');
  });

  it('speaks of the log when there is no trace', async () => {
    const { detail, trace_id } = await answer(false);
    expect(trace_id).toBeNull();
    expect(detail).toBe('Something went wrong on our side. Try again; the log of the service says what it was.');
  });
});
