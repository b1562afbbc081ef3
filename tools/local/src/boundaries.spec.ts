import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** Lints a text as if it stood in this file; returns the names of the rules it breaks. */
function rulesBroken(file: string, text: string): string[] {
  const eslint = join(root, 'node_modules', 'eslint', 'bin', 'eslint.js');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [eslint, '--format', 'json', '--stdin', '--stdin-filename', file],
    {
      cwd: root,
      input: text,
      encoding: 'utf8',
      env: { ...process.env, NX_DAEMON: 'false' },
    },
  );
  if (!stdout) throw new Error(stderr);
  const [result] = JSON.parse(stdout) as { messages: { ruleId: string | null }[] }[];
  return (result?.messages ?? []).map((message) => message.ruleId ?? 'error');
}

const WALL = '@nx/enforce-module-boundaries';

/** Each of these imports was written into a real file, and lint has to see it: a wall that lets it through is decoration. */
describe('the walls between the layers', () => {
  it.each([
    ['up a layer', 'libs/domain/src/run.ts', '@confscope/persistence', WALL],
    ['sideways', 'libs/persistence/src/database.ts', '@confscope/job-queue', WALL],
    ['the test kit outside a spec', 'libs/job-queue/src/slots.ts', '@confscope/testing', WALL],
    ['a package of another layer', 'libs/domain/src/run.ts', 'ioredis', WALL],
    ['any package into the parser', 'libs/conf-parser/src/parse-conf.ts', 'tar-stream', WALL],
    ['Node into the parser', 'libs/conf-parser/src/parse-conf.ts', 'node:fs', 'no-restricted-imports'],
  ])(
    'stop an import: %s',
    (_what, file, imported, rule) => {
      expect(rulesBroken(file, `import '${imported}';\n`)).toContain(rule);
    },
    60_000,
  );

  it('let the imports through that are meant', () => {
    expect(rulesBroken('libs/persistence/src/sql-file.ts', `import '@confscope/domain';\nimport 'typeorm';\n`)).toEqual(
      [],
    );
    expect(rulesBroken('libs/job-queue/src/job-codec.spec.ts', `import '@confscope/testing';\n`)).toEqual([]);
  }, 60_000);
});
