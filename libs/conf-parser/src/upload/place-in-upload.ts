import { classify, ownerIn, placeOf } from './classify-path.ts';
import { isBackupFolder, nameOfFile } from './file-name.ts';
import type { IgnoredReason, LayerName, Origin } from './origin.ts';

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Says whose a file of one folder is; null for one that is no configuration by its name. */
export type Placing = (path: string) => Origin | null;

function foldersBelow(folder: string, anchor: string): string[] {
  if (folder === anchor) return [];
  return (anchor === '' ? folder : folder.slice(anchor.length + 1)).split('/');
}

/** The files of a folder of an `etc`. */
export function inEtc(folder: string, etc: string): Placing {
  const folders = foldersBelow(folder, etc);
  const owner = ownerIn(folders);
  const place = placeOf(etc, owner, folders.slice(owner?.depth ?? 0));
  return (path) => classify(path, place);
}

/** The files of a folder of an app that lies in no `etc`. */
export function inApp(folder: string, appFolder: string, app: string): Placing {
  const owner = { scope: 'app' as const, app, user: null, depth: 0 };
  const place = placeOf(parentOf(appFolder), owner, foldersBelow(folder, appFolder));
  return (path) => classify(path, place);
}

/** The files of a folder beside the instances of an upload. */
export function outside(folder: string): Placing {
  const place = placeOf('', null, foldersBelow(folder, ''));
  return (path) => {
    const origin = classify(path, place);
    // Without an `etc` around it, `splunk-launch.conf` launches nothing.
    return origin?.scope ? { ...origin, kind: 'ignored', scope: null, ignoredReason: 'one-place-only' } : origin;
  };
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
