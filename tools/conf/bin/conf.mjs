#!/usr/bin/env node
// What `npx conf` runs, on whatever Node the machine has: it builds the command when it is not built yet, or no longer
// what its sources say, and runs it on the Node that the project pins. Without syntax that Node 12 lacks.
import { spawn, spawnSync } from 'child_process';
import { existsSync, readdirSync, statSync } from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath, pathToFileURL } from 'url';

const PINNED_MAJOR = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const main = join(root, 'tools', 'conf', 'dist', 'main.js');
const node = join(root, 'node_modules', '.bin', 'node');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const sources = ['tools/conf/src', 'libs/conf-parser/src', 'libs/archive/src'];

function stop(message) {
  console.error(`conf: ${message}`);
  process.exit(2);
}

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) time = Math.max(time, newest(path));
    else if (!entry.name.endsWith('.spec.ts')) time = Math.max(time, statSync(path).mtimeMs);
  }
  return time;
}

function isBuilt() {
  const stamp = join(dirname(main), 'tsconfig.tsbuildinfo');
  if (!existsSync(main) || !existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  return sources.every((folder) => newest(join(root, folder)) <= built);
}

function build() {
  const result = spawnSync(node, [tsc, '-b', join(root, 'tools', 'conf')], { encoding: 'utf8' });
  if (result.status !== 0)
    stop(`it could not be built; mend this and try again:\n${result.stdout || ''}${result.stderr || ''}`);
}

if (!existsSync(node) || !existsSync(tsc))
  stop(`the packages are not installed. Run "npm ci" in ${root} and try again.`);
if (!isBuilt()) build();
if (Number(process.versions.node.split('.')[0]) >= PINNED_MAJOR) {
  import(pathToFileURL(main).href);
} else {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  child.on('error', (error) => stop(`Node could not be started: ${error.message}`));
  // Ctrl-C reaches the child by itself, and it decides when to end.
  process.on('SIGINT', () => undefined);
  child.on('exit', (code) => process.exit(code === null ? 1 : code));
}
