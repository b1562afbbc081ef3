import type { EtcFile } from './etc-file.ts';
import { DEFAULT_PUSH_MODE, PUSH_MODES, type PushMode } from './place-on-target.ts';

/** What an app says that merging has to know. */
export interface AppRules {
  /** `[install] state = disabled`: nothing of the app counts. */
  disabled: boolean;
  pushMode: PushMode;
}

/** What an app says of itself in its `app.conf`; null where it says nothing. */
export interface AppState extends AppRules {
  version: string | null;
  label: string | null;
  /** `[package] id`, the name that the app is published under. */
  packageId: string | null;
}

/** The stanzas of `app.conf` that {@link appRulesOf} looks at. */
export const APP_RULE_STANZAS: readonly string[] = ['install', 'shclustering'];
/** Those that {@link appStateOf} looks at. */
export const APP_STATE_STANZAS: readonly string[] = ['launcher', 'id', 'ui', 'package', ...APP_RULE_STANZAS];

/** Reads the `app.conf` files of one app: `local` over `default`. They speak of their own app alone. */
export function appStateOf(files: readonly EtcFile[]): AppState {
  const valueOf = valuesIn(files);
  return {
    version: valueOf('launcher', 'version') ?? valueOf('id', 'version'),
    label: valueOf('ui', 'label'),
    packageId: valueOf('package', 'id'),
    ...appRulesOf(files),
  };
}

/** The same as far as merging goes. */
export function appRulesOf(files: readonly EtcFile[]): AppRules {
  const valueOf = valuesIn(files);
  const mode = valueOf('shclustering', 'deployer_push_mode');
  return {
    disabled: valueOf('install', 'state') === 'disabled',
    pushMode: PUSH_MODES.find((known) => known === mode) ?? DEFAULT_PUSH_MODE,
  };
}

function valuesIn(files: readonly EtcFile[]): (stanza: string, key: string) => string | null {
  const localFirst = files.toSorted((a, b) => Number(a.origin.layer !== 'local') - Number(b.origin.layer !== 'local'));
  return (stanza, key) => {
    for (const file of localFirst)
      for (const { name, settings } of file.stanzas)
        if (name === stanza) {
          const setting = settings.find((one) => one.key === key);
          if (setting) return setting.value;
        }
    return null;
  };
}
