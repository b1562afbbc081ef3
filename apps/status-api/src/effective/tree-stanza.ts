import type { LayerSetting, LayerStanza } from '@confscope/conf-parser';
import type { LayerStanzaRow, StanzaOutlineRow, StanzaPlace, StoredSetting } from '@confscope/persistence';

/** A stored setting as the merger hands it through. */
export interface TreeSetting extends LayerSetting {
  readonly endLine: number;
  /** Set for a secret, whose value is a mask. */
  readonly fingerprint: string | null;
  readonly stanza: TreeStanza;
}

/**
 * A stored stanza as the merger takes it. Merging asks for names and keys alone, so what the keys are set to need not be
 * there before it is shown: of all that is merged for a page that is little. The keys are kept as one text, too, since most
 * are only counted.
 */
export class TreeStanza implements LayerStanza<TreeSetting> {
  readonly name: string;
  readonly line: number;
  readonly keyCount: number;
  readonly place: StanzaPlace;
  readonly #keys: string | null;
  #settings: readonly TreeSetting[] | null = null;
  #stored: readonly StoredSetting[] | null;

  constructor(row: StanzaOutlineRow | LayerStanzaRow) {
    const { name, line, file_id, ordinal } = row;
    this.name = name;
    this.line = line;
    this.place = { file_id, ordinal };
    const isWhole = 'settings' in row;
    this.#stored = isWhole ? row.settings : null;
    this.#keys = isWhole ? null : row.keys;
    this.keyCount = isWhole ? row.settings.length : row.key_count;
  }

  get keys(): readonly string[] {
    return this.#keys === null ? (this.#stored ?? []).map(([key]) => key) : (JSON.parse(this.#keys) as string[]);
  }

  get settings(): readonly TreeSetting[] {
    return (this.#settings ??= this.keys.map((key, at) => new StoredTreeSetting(key, this, at)));
  }

  get isRead(): boolean {
    return this.#stored !== null;
  }

  /** Takes what its keys are set to, while it is shown. */
  keep(settings: readonly StoredSetting[]): void {
    this.#stored = settings;
  }

  /** Lets go of what it was given and of what was made of it. */
  release(): void {
    this.#stored = null;
    this.#settings = null;
  }

  settingAt(at: number): StoredSetting {
    const setting = this.#stored?.[at];
    if (!setting) throw new Error(`What the stanza ${this.name} sets was not read.`);
    return setting;
  }
}

class StoredTreeSetting implements TreeSetting {
  constructor(
    readonly key: string,
    readonly stanza: TreeStanza,
    private readonly at: number,
  ) {}

  get value(): string {
    return this.stanza.settingAt(this.at)[1];
  }

  get line(): number {
    return this.stanza.settingAt(this.at)[2];
  }

  get endLine(): number {
    return this.stanza.settingAt(this.at)[3];
  }

  get overwritten(): { value: string; line: number }[] {
    return (this.stanza.settingAt(this.at)[4]?.o ?? []).map(([value, line]) => ({ value, line }));
  }

  get fingerprint(): string | null {
    return this.stanza.settingAt(this.at)[4]?.f ?? null;
  }
}
