import { spawnSync } from 'node:child_process';
import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckReport, readJestReport, sumReports } from './check-report.ts';
import { runJest } from './run-jest.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' };
const JEST_GRACE_MS = 60_000;
const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

/** Runs a command in the open; true when it succeeded. */
function succeeds(title: string, command: string, args: string[]): boolean {
  console.log(`\n— ${title}`);
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env }).status === 0;
}

function check(title: string, command: string, args: string[]): CheckReport {
  return { passed: 0, failures: succeeds(title, command, args) ? [] : [title] };
}

/** The unit tier, project by project and cached by Nx, which restores the result files too. */
function unitTier(): CheckReport {
  for (const stale of globSync('{apps,libs,tools}/*/test-results.json', { cwd: root })) rmSync(join(root, stale));
  const ran = succeeds('unit tests', 'nx', ['run-many', '-t', 'test']);
  const specs = globSync('{apps,libs,tools}/*/src/**/*.spec.ts', { cwd: root }).filter(
    (spec) => !/\.(int|e2e|chaos)\.spec\.ts$/.test(spec),
  );
  const projects = [...new Set(specs.map((spec) => spec.split('/').slice(0, 2).join('/')))];
  const sum = sumReports(
    projects.map((project) => readJestReport(join(root, project, 'test-results.json'), `the unit tests of ${project}`)),
  );
  return ran || sum.failures.length > 0 ? sum : { ...sum, failures: ['unit tests'] };
}

/** The tiers that need PostgreSQL and Redis; never cached. */
async function serviceTiers(args: string[]): Promise<CheckReport> {
  const name = 'tests against PostgreSQL and Redis';
  console.log(`\n— ${name}`);
  const results = join(root, 'test-results.json');
  const jest = [...JEST, '--config', 'jest.services.config.mjs', '--json', `--outputFile=${results}`, ...args];
  const command = [process.execPath, ...jest];
  const end = await runJest({ command, results, graceMs: JEST_GRACE_MS, options: { cwd: root, env } });
  if (end === 'ended by force')
    console.log(
      `Jest wrote its results, but did not end within ${JEST_GRACE_MS / 1000} s; it was ended, the results stand.`,
    );
  const report = readJestReport(results, `the ${name}`);
  return end !== 'failed' || report.failures.length > 0 ? report : { ...report, failures: [name] };
}

if (!existsSync(join(root, 'node_modules'))) throw new Error('Run this through npm test, which installs the packages.');
const { passed, failures } = sumReports([
  check('lint', 'nx', ['run-many', '-t', 'lint']),
  check('type check', 'tsc', ['-b']),
  check('format check', 'prettier', ['--check', '.']),
  unitTier(),
  await serviceTiers(process.argv.slice(2)),
]);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
