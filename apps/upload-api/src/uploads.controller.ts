import { viewRun, type RunView } from '@confscope/domain';
import { currentTraceparent } from '@confscope/service-kit/tracing';
import { type Logger, Problem, tracedCounter } from '@confscope/service-kit';
import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { metrics } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DispatchRun } from './dispatch-run.ts';
import { drain, multipartParts } from './multipart-file.ts';
import { ReceiveUpload } from './receive-upload.ts';
import { uploadBody } from './upload-body.ts';
import { tooLarge, UploadInterrupted } from './upload-faults.ts';
import { readIdempotencyKey, readReprDigest } from './upload-headers.ts';

/** Parts, headers and fields of a form beside its file are never larger than this. */
const FORM_OVERHEAD_BYTES = 2 * 1024 * 1024;
const meter = metrics.getMeter('upload-api');
const archiveBytes = meter.createCounter('archive_bytes', { unit: 'By', description: 'Bytes of accepted archives.' });
const stored = tracedCounter(meter, 'uploads_stored', { description: 'Uploads that became runs.' });
const rejected = tracedCounter(meter, 'upload_rejected', { description: 'Uploads that were refused, by reason.' });

/** Where archives come in. */
@ApiTags('uploads')
@Controller('v1/uploads')
export class UploadsController {
  constructor(
    @Inject(ReceiveUpload) private readonly uploads: ReceiveUpload,
    @Inject(DispatchRun) private readonly dispatcher: DispatchRun,
    @Inject('LOGGER') private readonly logger: Logger,
    @Inject('UPLOAD_MAX_BYTES') private readonly maxBytes: number,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Upload an archive of Splunk configuration' })
  @ApiConsumes('multipart/form-data')
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Repeating a request with its key makes no second run; another file or form with a key that is taken is refused.',
  })
  @ApiHeader({
    name: 'Repr-Digest',
    required: false,
    description: 'sha-256 of the file (RFC 9530); checked on arrival.',
  })
  @ApiBody(uploadBody)
  @ApiCreatedResponse({ description: 'The archive is stored and will be parsed exactly once.' })
  async upload(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      const run = await this.#receive(request, reply);
      await reply.status(201).header('location', run.links.self).header('cache-control', 'no-store').send(run);
    } catch (error) {
      if (error instanceof UploadInterrupted) {
        rejected.add(1, { reason: 'interrupted' });
        this.logger.info('an upload was interrupted by its sender');
        void reply.hijack();
        return;
      }
      rejected.add(1, { reason: error instanceof Problem ? error.code : 'error' });
      if (!request.raw.complete) {
        void reply.header('connection', 'close');
        await drain(request);
      }
      throw error;
    }
  }

  async #receive(request: FastifyRequest, reply: FastifyReply): Promise<RunView> {
    const { headers } = request;
    if (Number(headers['content-length'] ?? 0) > this.maxBytes + FORM_OVERHEAD_BYTES) throw tooLarge(this.maxBytes);
    const { run, replayed } = await this.uploads.receive({
      parts: multipartParts(request),
      idempotencyKey: readIdempotencyKey(oneOf(headers['idempotency-key'])),
      expectedSha256: readReprDigest(oneOf(headers['repr-digest'])),
      traceparent: currentTraceparent(),
    });
    if (replayed) void reply.header('idempotent-replayed', 'true');
    else {
      stored.add(1);
      archiveBytes.add(run.archive_bytes ?? 0);
      this.logger.info({ run_id: run.id, task_id: run.task_id, bytes: run.archive_bytes }, 'upload stored');
      // The promise is made; who asked need not wait for Redis.
      if (run.status === 'stored') void this.dispatcher.dispatch(run);
    }
    return viewRun(run);
  }
}

const oneOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
