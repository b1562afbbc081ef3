import { badRequest } from '@confscope/service-kit';

/** Reads a whole number of a path, in the one way of writing it; null for anything else. */
function wholeNumberOf(text: string): number | null {
  const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** Reads the id of a run. @throws Problem `invalid_run_id` */
export function readRunId(text: string): number {
  const id = wholeNumberOf(text);
  if (id === null || id === 0)
    throw badRequest([{ field: 'id', message: 'id must be the number of a run, such as 42.' }], 'invalid_run_id');
  return id;
}

/** Reads the number of a stanza. @throws Problem `invalid_stanza_number` */
export function readStanzaNumber(text: string): number {
  const n = wholeNumberOf(text);
  if (n === null)
    throw badRequest(
      [{ field: 'n', message: 'n must be the number of a stanza, 0 or more.' }],
      'invalid_stanza_number',
    );
  return n;
}

/** Reads the name of a conf, with or without its ending. @throws Problem `invalid_conf_name` */
export function readConfName(text: string): string {
  // PostgreSQL stores no NUL, so nothing could match; it would refuse the question.
  if (text.includes('\0'))
    throw badRequest(
      [{ field: 'conf', message: 'conf must be the name of a configuration, such as props.' }],
      'invalid_conf_name',
    );
  return text.endsWith('.conf') ? text.slice(0, -'.conf'.length) : text;
}

/** Reads the id of a task, in lower case. @throws Problem `invalid_task_id` */
export function readTaskId(text: string): string {
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text))
    throw badRequest(
      [{ field: 'task_id', message: 'task_id must be a UUID, as task_id of a run is one.' }],
      'invalid_task_id',
    );
  return text.toLowerCase();
}

/** Reads a time of a query; null when none is given. @throws Problem `invalid_request` */
export function readTime(field: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const wellFormed = /^\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(text);
  const time = new Date(wellFormed && isDate(text.slice(0, 10)) ? text.toUpperCase() : Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw badRequest([
      { field, message: `${field} must be an RFC 3339 time such as 2026-01-31T08:00:00Z; write "+" as %2B.` },
    ]);
  return time;
}

/** False for the 31st of a month that has 30 days: JavaScript takes it for the first of the next. */
function isDate(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
