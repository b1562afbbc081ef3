import type { JobEnvelope } from '@confscope/domain';
import { decodeJob, encodeJob } from './job-codec.ts';

const job: JobEnvelope = {
  runId: 42,
  taskId: '0d9c4a52-9e43-4d3a-9a4e-2b8f6c1d7e10',
  queue: 'low',
  traceparent: null,
};

describe('the payload of a job', () => {
  it('comes back as it went', () => {
    expect(decodeJob(encodeJob(job))).toEqual(job);
    expect(decodeJob(encodeJob({ ...job, traceparent: '00-a-b-01' }))?.traceparent).toBe('00-a-b-01');
  });

  it('is the same text for the same job, whatever the order of its fields', () => {
    const { queue, taskId, runId, traceparent } = job;
    expect(encodeJob({ traceparent, queue, taskId, runId })).toBe(encodeJob(job));
  });

  it.each([
    undefined,
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"runId":1.5,"taskId":"0d9c4a52-9e43-4d3a-9a4e-2b8f6c1d7e10","queue":"low"}',
    '{"runId":1,"taskId":"0d9c4a52-9e43-4d3a-9a4e-2b8f6c1d7e10","queue":"x"}',
    '{"runId":1,"taskId":"t","queue":"low"}',
  ])('is refused when it is not one of ours: %s', (payload) => expect(decodeJob(payload)).toBeNull());
});
