import type { EffectiveStanza } from '@confscope/conf-parser';
import type { LayerQueries, SettingsRow, StanzaPlace } from '@confscope/persistence';
import type { TreeSetting, TreeStanza } from './tree-stanza.ts';

/** A setting whose values are to be read; null stands for a stanza without any. */
export interface WantedValue {
  stanza: EffectiveStanza<TreeSetting>;
  setting: { readonly key: string } | null;
}

/** What it takes to show some settings and all that they beat. */
export interface ReadValues {
  found: readonly WantedValue[];
  stanzas: readonly TreeStanza[];
  rows: readonly SettingsRow[];
}

/** Reads the values that it takes to show settings, as far as they are not read. */
export async function readValues(queries: LayerQueries, found: readonly WantedValue[]): Promise<ReadValues> {
  const unread = new Map<string, TreeStanza>();
  for (const { stanza, setting } of found)
    for (const claim of setting ? stanza.claimsTo(setting.key) : []) {
      const one = claim.setting.stanza;
      if (!one.isRead) unread.set(keyOf(one.place), one);
    }
  const stanzas = [...unread.values()];
  const rows = stanzas.length === 0 ? [] : await queries.settings(stanzas.map(({ place }) => place));
  return { found, stanzas, rows };
}

/**
 * Runs `show` with the values at hand. They are let go of afterwards, before anybody else has a turn: what was merged may
 * be kept for longer, and shown to others at the same time.
 */
export function withValues<T>({ found, stanzas, rows }: ReadValues, show: () => T): T {
  const settings = new Map(rows.map((row) => [keyOf(row), row.settings]));
  for (const stanza of stanzas) stanza.keep(settings.get(keyOf(stanza.place)) ?? []);
  try {
    return show();
  } finally {
    for (const stanza of stanzas) stanza.release();
    for (const { stanza } of found) stanza.release();
  }
}

const keyOf = ({ file_id, ordinal }: StanzaPlace): string => `${file_id}/${ordinal}`;
