import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

/** One object as it would be applied. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  [field: string]: unknown;
}

/** The name that messages give it. */
export const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

/** Renders a folder as `kubectl apply -k` does. Throws with kubectl's own words. */
export function renderFolder(kubectl: string, folder: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync(kubectl, ['kustomize', folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${folder} cannot be rendered: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => unwrapped(document.toJS() as Manifest));
}

/** Kustomize wraps the base64 of a Secret, which the server undoes when it reads it. */
function unwrapped(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret') return manifest;
  const data = Object.entries((manifest['data'] ?? {}) as Record<string, string>);
  return { ...manifest, data: Object.fromEntries(data.map(([key, value]) => [key, value.replace(/\s+/g, '')])) };
}

/** Renders the base of `deploy` with these components. */
export function renderComponents(kubectl: string, deploy: string, components: readonly string[]): Manifest[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'confscope-kustomize-'));
  try {
    const at = (part: string) => path.relative(folder, path.join(deploy, part));
    const kustomization = {
      resources: [at('base')],
      components: components.map((name) => at(`components/${name}`)),
      images: ['gateway', 'upload-api', 'parse-worker', 'status-api', 'migrate'].map((app) => ({
        name: `confscope/${app}`,
        newTag: 'test',
      })),
    };
    writeFileSync(path.join(folder, 'kustomization.yaml'), stringify(kustomization));
    return renderFolder(kubectl, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
