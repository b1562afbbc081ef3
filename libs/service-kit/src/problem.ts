/** One fault of a request: which field, and what is wrong with it. */
export interface FieldError {
  field: string;
  message: string;
}

/** An answer to a request that cannot be served, as RFC 9457 tells it. */
export class Problem extends Error {
  override readonly name = 'Problem';

  /**
   * @param status HTTP status
   * @param code stable, for machines
   * @param detail a sentence for the person who asked: what is wrong and what to do
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
  ) {
    super(detail);
  }
}

/** 400, with the fields at fault. */
export const badRequest = (errors: readonly FieldError[], code = 'invalid_request'): Problem =>
  new Problem(400, code, errors.map((error) => error.message).join(' '), errors);

/** 404 for a thing of this kind and id. */
export const notFound = (kind: string, id: string | number): Problem =>
  new Problem(404, `${kind}_not_found`, `There is no ${kind} ${id}.`);
