// The tiers that talk to real servers: `*.int.spec.ts` (PostgreSQL, Redis), `*.e2e.spec.ts` and `*.chaos.spec.ts` (the whole system).
// The global set-up starts one PostgreSQL and one Redis on free ports; every spec takes a database and a key space of its own in them.
import { shared } from './jest.config.mjs';

/** @type {import('jest').Config} */
export default {
  ...shared,
  testMatch: ['**/src/**/*.{int,e2e,chaos}.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  globalSetup: '<rootDir>/libs/testing/jest/start-services.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/stop-services.mjs',
  // Real processes and servers on shared machines: this limit ends a hang, it never measures speed.
  testTimeout: 300_000,
};
