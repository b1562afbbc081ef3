import { appStateOf, type EtcFile, type Scope, targetOf } from '@confscope/conf-parser';
import type { AppFolderRow, LayerFileRow, LayerStanzaRow, StoredInstance } from '@confscope/persistence';
import { instanceAt } from '../effective/choose-instance.ts';
import { originOf, stanzasByFile } from '../effective/load-tree.ts';
import type { AppResponse } from './app.response.ts';

/** Puts the apps of a run together from what their folders hold and what their `app.conf` say. */
export function listApps(
  folders: readonly AppFolderRow[],
  appConfs: readonly LayerFileRow[],
  stanzas: readonly LayerStanzaRow[],
  instances: readonly StoredInstance[],
): AppResponse[] {
  const states = statesOf(appConfs, stanzas, instances);
  const apps = new Map<string, AppResponse>();
  for (const folder of folders) {
    const { app, owner } = folder;
    const scope = appScope(folder.scope);
    const instance = instanceAt(instances, folder.path);
    const key = keyOf(instance, scope, app);
    let found = apps.get(key);
    if (!found) {
      const { version = null, label = null, packageId = null, disabled = false } = states.get(key) ?? {};
      const counts = { files: 0, stanzas: 0, settings: 0, user_files: 0, ignored_files: 0 };
      const about = { label, version, package_id: packageId, disabled };
      apps.set(key, (found = { app, instance, target: targetOf(scope), scope, ...about, ...counts }));
    }
    if (owner === null) {
      found.files += folder.files;
      found.stanzas += folder.stanzas;
      found.settings += folder.settings;
    } else found.user_files += folder.files;
    found.ignored_files += folder.ignored;
  }
  const sortKey = ({ instance, target, scope, app }: AppResponse) => [instance, target, app, scope].join('\0');
  return [...apps.values()].sort((a, b) => Buffer.compare(Buffer.from(sortKey(a)), Buffer.from(sortKey(b))));
}

function statesOf(
  rows: readonly LayerFileRow[],
  stanzas: readonly LayerStanzaRow[],
  instances: readonly StoredInstance[],
) {
  const byFile = stanzasByFile(stanzas);
  const files = new Map<string, EtcFile[]>();
  for (const row of rows) {
    const file = { origin: originOf(row, instances), stanzas: byFile.get(row.file_id) ?? [] };
    const { app, user, scope, instance } = file.origin;
    if (app === null || user !== null) continue;
    const key = keyOf(instance, appScope(scope), app);
    files.set(key, [...(files.get(key) ?? []), file]);
  }
  return new Map([...files].map(([key, own]) => [key, appStateOf(own)]));
}

/** What users keep in an app belongs to the app. */
function appScope(scope: string | null): Scope | null {
  return scope === 'user' ? 'app' : (scope as Scope | null);
}

const keyOf = (instance: string, scope: Scope | null, app: string): string => JSON.stringify([instance, scope, app]);
