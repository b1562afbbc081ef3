import type { Overwritten, Setting, Stanza } from './parsed-conf.ts';

/** Up to so many settings a look through the list beats a map. */
const LINEAR_SETTINGS = 8;
const NONE: readonly Overwritten[] = Object.freeze([]);

/** A stanza while its file is read. Its map is a Map: names like `__proto__` are names like any other. */
export class StanzaBuilder implements Stanza {
  readonly headerLines: number[] = [];
  readonly settings: Setting[] = [];
  #byKey: Map<string, Setting> | undefined;

  constructor(
    readonly name: string,
    readonly line: number,
  ) {}

  /** Adds a setting, or overwrites an earlier one of the same key; true when that had another value. */
  set(key: string, value: string, line: number, endLine: number): boolean {
    const known = this.#find(key);
    if (!known) {
      const setting: Setting = { key, value, line, endLine, overwritten: NONE };
      this.settings.push(setting);
      this.#byKey?.set(key, setting);
      return false;
    }
    const differs = known.value !== value;
    const earlier = { value: known.value, line: known.line };
    if (known.overwritten === NONE) known.overwritten = [earlier];
    else (known.overwritten as Overwritten[]).push(earlier);
    known.value = value;
    known.line = line;
    known.endLine = endLine;
    return differs;
  }

  #find(key: string): Setting | undefined {
    if (this.#byKey) return this.#byKey.get(key);
    if (this.settings.length > LINEAR_SETTINGS) {
      this.#byKey = new Map(this.settings.map((setting) => [setting.key, setting]));
      return this.#byKey.get(key);
    }
    for (const setting of this.settings) if (setting.key === key) return setting;
    return undefined;
  }

  /** The plain stanza, without the tools that built it. */
  build(): Stanza {
    const { name, line, headerLines, settings } = this;
    return { name, line, headerLines, settings };
  }
}
