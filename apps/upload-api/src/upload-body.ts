import { QUEUES, UPLOAD_TYPES } from '@confscope/domain';
import type { ApiBodyOptions } from '@nestjs/swagger';
import { MAX_LABEL_CHARS, MAX_NOTES_CHARS } from './upload-form.ts';

/** The form of an upload, for the API's description. */
export const uploadBody: ApiBodyOptions = {
  schema: {
    type: 'object',
    required: ['file', 'type'],
    properties: {
      file: {
        type: 'string',
        format: 'binary',
        description: '.tar, .tar.gz, .tgz, .spl, .zip, or one .conf or .meta file',
      },
      type: { type: 'string', enum: [...UPLOAD_TYPES] },
      label: { type: 'string', maxLength: MAX_LABEL_CHARS },
      notes: { type: 'string', maxLength: MAX_NOTES_CHARS },
      queue: { type: 'string', enum: [...QUEUES], description: 'by default the queue of the type' },
    },
  },
};
