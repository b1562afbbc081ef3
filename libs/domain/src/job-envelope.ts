import type { QueueName } from './run.ts';

/**
 * All that travels through the dispatch index: which run to look at. Everything else is read from the run row, so a
 * lost, doubled or late message can do no harm.
 */
export interface JobEnvelope {
  runId: number;
  /** Names one dispatch of the run; a message of an earlier dispatch is dropped. */
  taskId: string;
  queue: QueueName;
  /** W3C trace context of the upload, so that the work joins its trace. */
  traceparent: string | null;
}
