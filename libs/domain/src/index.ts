export * from './fault.ts';
export * from './job-envelope.ts';
export * from './retry-policy.ts';
export * from './run-metrics.ts';
export * from './run-view.ts';
export * from './run.ts';
