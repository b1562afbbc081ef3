// The program of a parsing process. A worker starts many of them in its life, so they load only what parsing takes.
import { startTracing } from '@confscope/service-kit/tracing';

await startTracing();
// What is traced must be loaded after that.
await import('./serve-worker.ts');
