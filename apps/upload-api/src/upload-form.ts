import { QUEUES, type QueueName, UPLOAD_TYPES, type UploadType } from '@confscope/domain';
import { badRequest, type FieldError } from '@confscope/service-kit';

export const MAX_LABEL_CHARS = 255;
export const MAX_NOTES_CHARS = 10_000;
const FIELDS = ['type', 'label', 'notes', 'queue'] as const;

/** What to say of a field that an upload does not have. */
export const unknownField = (name: string): FieldError => ({
  field: name,
  message: `There is no field "${name}"; an upload has file, ${FIELDS.join(', ')}.`,
});

/** The fields of an upload beside its file. */
export interface UploadForm {
  type: UploadType;
  label: string | null;
  notes: string | null;
  /** Null: the queue of the type. */
  queue: QueueName | null;
}

/**
 * Checks the text fields of an upload.
 *
 * @param fields name and value in the order they came; a repeated name is an error
 * @throws Problem 400 that names every field at fault and what it may be
 */
export function readUploadForm(fields: readonly (readonly [name: string, value: string])[]): UploadForm {
  const errors: FieldError[] = [];
  const values = new Map<string, string>();
  for (const [name, value] of fields) {
    if (!FIELDS.includes(name as (typeof FIELDS)[number])) errors.push(unknownField(name));
    else if (values.has(name)) errors.push({ field: name, message: `The field "${name}" was sent twice.` });
    values.set(name, value);
  }
  const type = UPLOAD_TYPES.find((known) => known === values.get('type'));
  if (!type)
    errors.push({
      field: 'type',
      message: `${said(values.get('type'), 'type')} It must be one of ${UPLOAD_TYPES.join(', ')}.`,
    });
  const queue = QUEUES.find((known) => known === values.get('queue')) ?? null;
  if (values.has('queue') && !queue)
    errors.push({
      field: 'queue',
      message: `${said(values.get('queue'), 'queue')} It must be one of ${QUEUES.join(', ')}.`,
    });
  const label = textOf(values, 'label', MAX_LABEL_CHARS, errors);
  const notes = textOf(values, 'notes', MAX_NOTES_CHARS, errors);
  if (errors.length > 0 || !type) throw badRequest(errors);
  return { type, label, notes, queue };
}

function textOf(
  values: ReadonlyMap<string, string>,
  name: 'label' | 'notes',
  maxChars: number,
  errors: FieldError[],
): string | null {
  const value = values.get(name);
  if (value === undefined || value === '') return null;
  if (value.length > maxChars)
    errors.push({
      field: name,
      message: `The ${name} has ${value.length} characters; at most ${maxChars} are allowed.`,
    });
  if (value.includes('\0')) errors.push({ field: name, message: `The ${name} holds a NUL character; remove it.` });
  return value.toWellFormed();
}

function said(value: string | undefined, name: string): string {
  return value === undefined
    ? `The field "${name}" is missing.`
    : `The ${name} is ${JSON.stringify(value.slice(0, 100))}.`;
}
