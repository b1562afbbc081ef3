// The unit tier: every `*.spec.ts` that needs neither network nor server. One config for all projects: `jest --rootDir <project>`.

/** @type {import('jest').Config} */
export const shared = {
  testEnvironment: 'node',
  // Resolve @confscope/* to their TypeScript sources, so that unit tests need no build.
  testEnvironmentOptions: { customExportConditions: ['@confscope/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
      },
    ],
  },
};

/** @type {import('jest').Config} */
export default {
  ...shared,
  testMatch: ['**/src/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(int|e2e|chaos)\\.spec\\.ts$'],
  // Machines are shared, and some of these specs start processes or write to the disk: this limit ends a hang, it never
  // measures speed.
  testTimeout: 120_000,
};
