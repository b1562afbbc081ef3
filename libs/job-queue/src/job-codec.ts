import { QUEUES, type JobEnvelope, type QueueName } from '@confscope/domain';

/** The payload of a stream entry and of a delayed job. The order of its keys is fixed, so that equal jobs are equal texts. */
export function encodeJob({ runId, taskId, queue, traceparent }: JobEnvelope): string {
  return JSON.stringify({ runId, taskId, queue, traceparent });
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads a payload; null for anything that is not one of ours. What passes here can be asked of PostgreSQL: a message that
 * makes the claim itself fail would look like a PostgreSQL that is away, and come back for ever.
 */
export function decodeJob(payload: string | undefined): JobEnvelope | null {
  if (payload === undefined) return null;
  let job: unknown;
  try {
    job = JSON.parse(payload);
  } catch {
    return null;
  }
  if (typeof job !== 'object' || job === null) return null;
  const { runId, taskId, queue, traceparent } = job as Record<string, unknown>;
  if (!Number.isSafeInteger(runId) || typeof taskId !== 'string' || !UUID.test(taskId)) return null;
  if (!QUEUES.includes(queue as QueueName)) return null;
  return {
    runId: runId as number,
    taskId,
    queue: queue as QueueName,
    traceparent: typeof traceparent === 'string' ? traceparent : null,
  };
}
