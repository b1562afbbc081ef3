// Preloaded with `node --import`, before anything else, so that http, pg, ioredis and pino are instrumented when the service
// loads them. The SDK for all signals takes a process 25 MiB, so one that is not traced starts its meters alone.
import { isTraced } from './is-traced.ts';

if (isTraced(process.env)) await import('./start-sdk.ts');
else await import('./start-meters.ts');
