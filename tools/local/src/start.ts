import path from 'node:path';
import { checkoutLayout } from './start/local-layout.ts';
import { runUntilStopped } from './start/run-until-stopped.ts';

// Open sockets of ended parts must not keep the runner alive.
process.exit(await runUntilStopped(checkoutLayout(path.resolve(import.meta.dirname, '../../..'))));
