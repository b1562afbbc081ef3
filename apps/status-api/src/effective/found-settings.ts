import type { EffectiveConf, EffectiveSetting, EffectiveStanza } from '@confscope/conf-parser';
import type { TreeSetting } from './tree-stanza.ts';

/** Which settings are asked for; null is no filter. */
export interface SettingFilter {
  stanza: string | null;
  prefix: string | null;
  key: string | null;
  own: boolean;
}

/** A setting of a stanza before it is shown; null stands for a stanza without any. */
export interface FoundSetting {
  /** The app that the setting holds for; null: all that see it. */
  forApp: string | null;
  stanza: EffectiveStanza<TreeSetting>;
  setting: EffectiveSetting<TreeSetting> | null;
}

/** A conf that was merged, for one app or for all that see it. */
export interface Answer {
  effective: EffectiveConf<TreeSetting>;
  forApp: string | null;
}

/**
 * The settings that a filter leaves, in byte order of stanzas and keys. They are counted, and made only where they are
 * looked at: what a `[default]` hands down stands again under every stanza, so a list of millions is nothing rare.
 */
export class FoundSettings {
  readonly length: number;
  readonly #parts: { forApp: string | null; stanza: EffectiveStanza<TreeSetting>; count: number }[] = [];

  constructor(
    answers: readonly Answer[],
    private readonly filter: SettingFilter,
  ) {
    let length = 0;
    for (const { effective, forApp } of answers)
      for (const stanza of effective.stanzas) {
        const count = this.#countOf(stanza);
        if (count > 0) this.#parts.push({ forApp, stanza, count });
        length += count;
      }
    this.length = length;
  }

  slice(start: number, end: number): FoundSetting[] {
    const found: FoundSetting[] = [];
    let at = 0;
    for (const { forApp, stanza, count } of this.#parts) {
      if (at >= end) break;
      if (at + count > start)
        for (const setting of this.#settingsOf(stanza).slice(Math.max(0, start - at), end - at))
          found.push({ forApp, stanza, setting });
      at += count;
    }
    return found;
  }

  #countOf(one: EffectiveStanza<TreeSetting>): number {
    const { stanza, prefix, key, own } = this.filter;
    if (!one.isListed && !own) return 0;
    if (stanza !== null && stanza !== one.name) return 0;
    if (prefix !== null && !one.name.startsWith(prefix)) return 0;
    if (key !== null) return Number(own ? one.hasOwn(key) : one.has(key));
    return Math.max(1, own ? one.ownCount() : one.settingCount());
  }

  #settingsOf(stanza: EffectiveStanza<TreeSetting>): (EffectiveSetting<TreeSetting> | null)[] {
    const { key, own } = this.filter;
    const settings = own ? stanza.ownSettings() : stanza.settings();
    if (key !== null) return settings.filter((setting) => setting.key === key);
    return settings.length > 0 ? settings : [null];
  }
}
