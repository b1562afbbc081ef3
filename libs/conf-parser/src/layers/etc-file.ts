import type { Origin } from '../upload/origin.ts';

/** What the merger looks at in a setting. The parser's settings fit, and so do stored ones; it hands them through. */
export interface LayerSetting {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Values of earlier lines of the same stanza, oldest first. */
  readonly overwritten?: readonly { readonly value: string; readonly line: number }[];
}

/** A stanza of a file. */
export interface LayerStanza<S extends LayerSetting = LayerSetting> {
  readonly name: string;
  readonly line: number;
  /** No key twice. */
  readonly settings: readonly S[];
  /** The keys of its settings, for those who need not make the settings to know them. */
  readonly keys?: readonly string[];
  /** How many those are, for those who need not even make the keys. */
  readonly keyCount?: number;
}

/** A conf or meta file that was read, and where it comes from. */
export interface EtcFile<S extends LayerSetting = LayerSetting> {
  readonly origin: Origin;
  readonly stanzas: readonly LayerStanza<S>[];
}

/** The schemes of modular inputs that a `README/inputs.conf.spec` declares. */
export interface SchemeFile {
  readonly origin: Origin;
  readonly schemes: readonly string[];
}
