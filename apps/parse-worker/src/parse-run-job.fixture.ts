import { randomUUID } from 'node:crypto';
import type { Delivery } from '@confscope/job-queue';
import { type Database, RunClaims, UploadRuns } from '@confscope/persistence';
import { createLogger } from '@confscope/service-kit';
import type { ParseProcesses } from './child/parse-processes.ts';
import { ConcludeAttempt } from './conclude-attempt.ts';
import { ParseRunJob } from './parse-run.job.ts';
import type { Surroundings } from './surroundings.ts';

const logger = await createLogger({ service: 'spec', level: 'silent', format: 'json' });

/** What a worker does with a message, without the rest of the worker. */
export function parseRunJob(
  database: Database,
  surroundings: Surroundings,
  parse: ParseProcesses['parse'],
  claims = new RunClaims(database),
): ParseRunJob {
  const conclude = new ConcludeAttempt(claims, { maxRetries: 3, delaysMs: [60_000] }, surroundings);
  const limits = { worker: 'w', softLimitMs: 60_000, hardLimitMs: 60_000, runBeatMs: 60_000, silenceMs: 90_000 };
  return new ParseRunJob(claims, { parse }, surroundings, conclude, limits, logger);
}

/** A run that waits to be parsed, and the message that says so. */
export async function storedRun(
  database: Database,
  archiveName: string,
  receive: (archiveKey: string) => Promise<{ sha256: string; bytes: number }>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Delivery> {
  const uploads = new UploadRuns(database);
  const begun = { queue: 'default', idempotencyKey: null, receiver: 'api', traceparent: null } as const;
  const runId = (await uploads.begin({ ...begun, archiveName })) ?? 0;
  const taskId = randomUUID();
  const archiveKey = `runs/${runId}`;
  const stored = { runId, taskId, label: null, notes: null, queue: 'default', archiveKey } as const;
  const { sha256, bytes } = await receive(archiveKey);
  await uploads.store({ ...stored, type: 'ds_etc', sha256, bytes });
  const job = { runId, taskId, queue: 'default' as const, traceparent: null };
  return { job, queue: 'default', entryId: '1-0', reclaimed: false, since: 0, signal };
}
