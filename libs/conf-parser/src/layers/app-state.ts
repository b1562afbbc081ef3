import type { EtcFile } from './etc-file.ts';
import { DEFAULT_PUSH_MODE, PUSH_MODES, type PushMode } from './place-on-target.ts';

/** What an app says of itself in its `app.conf`; null where it says nothing. */
export interface AppState {
  version: string | null;
  label: string | null;
  /** `[package] id`, the name that the app is published under. */
  packageId: string | null;
  /** `[install] state = disabled`: nothing of the app counts. */
  disabled: boolean;
  pushMode: PushMode;
}

/** Reads the `app.conf` files of one app: `local` over `default`. They speak of their own app alone. */
export function appStateOf(files: readonly EtcFile[]): AppState {
  const localFirst = files.toSorted((a, b) => Number(a.origin.layer !== 'local') - Number(b.origin.layer !== 'local'));
  const valueOf = (stanza: string, key: string): string | null => {
    for (const file of localFirst)
      for (const { name, settings } of file.stanzas)
        if (name === stanza) {
          const setting = settings.find((one) => one.key === key);
          if (setting) return setting.value;
        }
    return null;
  };
  const mode = valueOf('shclustering', 'deployer_push_mode');
  return {
    version: valueOf('launcher', 'version') ?? valueOf('id', 'version'),
    label: valueOf('ui', 'label'),
    packageId: valueOf('package', 'id'),
    disabled: valueOf('install', 'state') === 'disabled',
    pushMode: PUSH_MODES.find((known) => known === mode) ?? DEFAULT_PUSH_MODE,
  };
}
