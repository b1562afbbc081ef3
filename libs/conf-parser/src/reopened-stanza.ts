import { NameMaps } from './name-maps.ts';
import type { Setting } from './parsed-conf.ts';

/** The settings of a stanza that is opened again, found by their keys. */
export class ReopenedStanza {
  readonly #settings: Setting[];
  readonly #keys = new NameMaps();

  constructor(settings: Setting[]) {
    this.#settings = settings;
    for (const { key } of settings) this.#keys.add(key);
  }

  find(key: string): Setting | undefined {
    return this.#settings[this.#keys.find(key)];
  }

  hasTwin(key: string): boolean {
    return this.#keys.hasTwin(key);
  }

  add(setting: Setting): void {
    this.#settings.push(setting);
    this.#keys.add(setting.key);
  }
}
