import { Problem } from '@confscope/service-kit';

/** An answer is put together in memory, and values may be as long as files: this is half of what a string can hold. */
export const MAX_ANSWER_CHARS = 256 * 1024 * 1024;

/** 422 for an answer that would be too large; the detail says how to ask for less. */
export const tooLarge = (detail: string): Problem => new Problem(422, 'answer_too_large', detail);
