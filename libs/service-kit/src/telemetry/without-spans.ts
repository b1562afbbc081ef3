import { context, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * Runs work whose parts have no spans of their own: the active one says all there is to say of it. Within it nothing is
 * active, so whoever logs or counts does so outside.
 */
export const withoutSpans = <T>(work: () => T): T => context.with(ROOT_CONTEXT, work);
