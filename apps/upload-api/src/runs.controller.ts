import { randomUUID } from 'node:crypto';
import type { BlobStore } from '@confscope/blob-store';
import { failureMessage } from '@confscope/domain';
import { currentTraceparent } from '@confscope/service-kit/tracing';
import { Quarantine, RunCommands, type RunRow } from '@confscope/persistence';
import { badRequest, notFound, Problem } from '@confscope/service-kit';
import { Controller, Delete, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DispatchRun } from './dispatch-run.ts';

interface TaskAnswer {
  run_id: number;
  task_id: string | null;
  status: RunRow['status'];
  message: string;
}

/** What changes a run that is stored. */
@ApiTags('runs')
@Controller('v1/runs')
export class RunsController {
  constructor(
    @Inject(RunCommands) private readonly commands: RunCommands,
    @Inject(Quarantine) private readonly quarantine: Quarantine,
    @Inject(DispatchRun) private readonly dispatcher: DispatchRun,
    @Inject('BLOBS') private readonly blobs: BlobStore,
  ) {}

  @Post(':id/parse')
  @HttpCode(202)
  @ApiOperation({ summary: 'Parse a stored, failed or cancelled run (again)' })
  async parse(@Param('id') id: string): Promise<TaskAnswer> {
    const runId = runIdOf(id);
    const again = await this.commands.redispatch(runId, randomUUID(), currentTraceparent());
    if (again) {
      void this.dispatcher.dispatch(again);
      return answer(again, 'The run will be parsed.');
    }
    const run = await this.#existing(runId);
    if (run.status === 'parsing') return answer(run, 'The run is being parsed already.');
    if (run.status === 'complete') return answer(run, 'The run is complete already; its result never changes.');
    if (run.status === 'pending')
      throw new Problem(409, 'upload_in_progress', `The upload of run ${runId} is not complete yet.`);
    const quarantined = run.archive_sha256 === null ? null : await this.quarantine.find(run.archive_sha256);
    if (quarantined) {
      const { sha256, crashes, run_id, error_message } = quarantined;
      const detail = failureMessage.quarantined(sha256, crashes, run_id, error_message);
      throw new Problem(409, 'archive_quarantined', detail);
    }
    const reason = run.archive_sha256 === null ? 'its upload was interrupted' : 'it was deleted because of its age';
    throw new Problem(409, 'no_archive', `Run ${runId} has no archive: ${reason}. Upload it again.`);
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Cancel a run that waits or is being parsed' })
  async cancel(@Param('id') id: string): Promise<TaskAnswer> {
    const runId = runIdOf(id);
    const cancelled = await this.commands.cancel(runId);
    if (cancelled) return answer(cancelled, 'The run is cancelled.');
    const run = await this.#existing(runId);
    if (run.status === 'cancelled') return answer(run, 'The run was cancelled before.');
    throw new Problem(
      409,
      'not_cancellable',
      `Run ${runId} is ${run.status}; only a waiting or parsing run can be cancelled.`,
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a run with its archive' })
  async delete(@Param('id') id: string): Promise<void> {
    const runId = runIdOf(id);
    const deleted = await this.commands.delete(runId);
    if (deleted) {
      // The run is gone; an archive that cannot be deleted now is on the list of unwanted ones.
      if (deleted.archiveKey !== null) await this.blobs.delete(deleted.archiveKey).catch(() => undefined);
      return;
    }
    const run = await this.#existing(runId);
    const remedy =
      run.status === 'pending'
        ? 'Its upload is on its way: delete it when that has ended or broken off.'
        : 'Cancel it first, then delete it.';
    throw new Problem(409, 'run_in_use', `Run ${runId} is ${run.status}. ${remedy}`);
  }

  async #existing(runId: number): Promise<RunRow> {
    const run = await this.commands.find(runId);
    if (!run) throw notFound('run', runId);
    return run;
  }
}

function answer(run: RunRow, message: string): TaskAnswer {
  return { run_id: run.id, task_id: run.task_id, status: run.status, message };
}

function runIdOf(text: string): number {
  const id = /^[1-9]\d*$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(id) || id === 0)
    throw badRequest(
      [{ field: 'id', message: `The run id "${text.slice(0, 50)}" is not a positive whole number.` }],
      'invalid_run_id',
    );
  return id;
}
