import { classify, ownerIn } from './classify-path.ts';
import { isBackupFolder, nameOfFile } from './file-name.ts';
import type { IgnoredReason, LayerName, Origin } from './origin.ts';

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function foldersBelow(path: string, anchor: string): string[] {
  const below = anchor === '' ? path : path.slice(anchor.length + 1);
  return below.split('/').slice(0, -1);
}

/** A file of an `etc`. */
export function inEtc(path: string, etc: string): Origin | null {
  const folders = foldersBelow(path, etc);
  const owner = ownerIn(folders);
  return classify({ path, instance: etc, owner, folders: folders.slice(owner?.depth ?? 0) });
}

/** A file of an app that lies in no `etc`. */
export function inApp(path: string, folder: string, app: string): Origin | null {
  const owner = { scope: 'app' as const, app, user: null, depth: 0 };
  return classify({ path, instance: parentOf(folder), owner, folders: foldersBelow(path, folder) });
}

/** A file beside the instances of an upload. */
export function outside(path: string): Origin | null {
  const origin = classify({ path, instance: '', owner: null, folders: foldersBelow(path, '') });
  // Without an `etc` around it, `splunk-launch.conf` launches nothing.
  return origin?.scope ? { ...origin, kind: 'ignored', scope: null, ignoredReason: 'one-place-only' } : origin;
}

/** A file of an upload that has no folders that say anything: it counts as it is, if it lies at the top or nearly so. */
export function alone(path: string): Origin | null {
  const name = nameOfFile(nameOf(path));
  if (!name || name.kind === 'spec') return null;
  const folder = parentOf(path);
  const layer = name.conf === 'default.meta' ? 'default' : name.conf === 'local.meta' ? 'local' : null;
  const reason = aloneButIgnored(folder, name.conf, name.kind === 'meta', layer);
  const common = { path, conf: name.conf, instance: folder, target: 'instance' as const, app: null, user: null };
  if (reason) return { ...common, instance: '', kind: 'ignored', scope: null, layer: null, ignoredReason: reason };
  const scope = name.conf === 'splunk-launch' ? 'system' : 'single';
  return { ...common, kind: name.kind, scope, layer, ignoredReason: null };
}

function aloneButIgnored(folder: string, conf: string, isMeta: boolean, layer: LayerName | null): IgnoredReason | null {
  if (folder.split('/').some(isBackupFolder)) return 'backup-folder';
  if (conf.endsWith('.spec') || nameOf(folder) === 'README') return 'documentation';
  if (isMeta) return layer === null || folder.includes('/') ? 'not-in-metadata' : null;
  return folder.includes('/') ? 'not-in-default-or-local' : null;
}
