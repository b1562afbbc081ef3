import nx from '@nx/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Who may import whom: imports go down, may skip a layer, never go up or sideways. See ARCHITECTURE.md, "The walls". */
const layers = {
  'layer:pure': [],
  'layer:domain': [],
  'layer:local': [],
  'layer:kit': ['layer:domain', 'layer:pure'],
  'layer:adapter': ['layer:kit', 'layer:domain', 'layer:pure'],
  'layer:app': ['layer:adapter', 'layer:kit', 'layer:domain', 'layer:pure'],
  'layer:testing': ['layer:domain', 'layer:local'],
  'layer:e2e': ['layer:testing', 'layer:local'],
  'layer:deploy': ['layer:app', 'layer:tool', 'layer:kit', 'layer:local'],
  'layer:tool': ['layer:adapter', 'layer:kit', 'layer:domain', 'layer:pure', 'layer:local'],
};

/** Which npm packages a project may import outside its specs. */
const packages = {
  'uses:nothing': [],
  'uses:storage': ['@aws-sdk/*'],
  'uses:gateway': ['@fastify/http-proxy', 'fastify'],
  'uses:archive': ['tar-stream', 'unzipper'],
  'uses:redis': [
    'ioredis',
    'ioredis/built/resp/verbatim-string.js',
    '@nestjs/common',
    '@nestjs/microservices',
    '@opentelemetry/api',
    'rxjs',
  ],
  'uses:postgres': ['typeorm', 'pg', 'pg-copy-streams', '@opentelemetry/api'],
  'uses:service': [
    '@nestjs/*',
    '@fastify/*',
    '@opentelemetry/*',
    'class-*',
    'fastify',
    'import-in-the-middle/**',
    'pino',
    'pino-pretty',
    'reflect-metadata',
    'rxjs',
  ],
  'uses:testing': ['ioredis', 'pg', 's3rver', 'selfsigned', 'tar-stream', '@jest/globals'],
  'uses:tool': ['*'],
};

const boundaries = (specs) => [
  'error',
  {
    enforceBuildableLibDependency: true,
    banTransitiveDependencies: false,
    depConstraints: [
      ...Object.entries(layers).map(([sourceTag, allowed]) => ({
        sourceTag,
        // A spec may also use the test kit; the code it tests may not.
        onlyDependOnLibsWithTags: specs ? [...allowed, 'layer:testing', 'layer:local'] : allowed,
      })),
      ...(specs
        ? []
        : Object.entries(packages).map(([sourceTag, allowedExternalImports]) => ({
            sourceTag,
            allowedExternalImports,
          }))),
    ],
  },
];

export default defineConfig(
  globalIgnores(['**/dist/**', '.confscope/**', '.nx/**']),
  tseslint.configs.recommendedTypeChecked,
  {
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(false),
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  { files: ['**/*.spec.ts', 'libs/testing/**'], rules: { '@nx/enforce-module-boundaries': boundaries(true) } },
  {
    // conf-parser is text in, stanzas out: not even Node's own modules.
    files: ['libs/conf-parser/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*'] }] },
  },
  { files: ['tools/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
