/**
 * A setting as it is stored: `[key, value, line, end_line]`, and a fifth element only where there is more to say. A
 * secret's value is already a mask here.
 */
export type StoredSetting =
  | readonly [key: string, value: string, line: number, endLine: number]
  | readonly [key: string, value: string, line: number, endLine: number, more: StoredSettingDetail];

export interface StoredSettingDetail {
  /** Overwritten values of a repeated key, oldest first, with their lines. */
  o?: readonly (readonly [value: string, line: number])[];
  /** Keyed fingerprint of a secret; its presence says that the value is a mask. */
  f?: string;
}

/** A stanza as it is stored. */
export interface StoredStanza {
  name: string;
  line: number;
  headerLines: readonly number[];
  settings: readonly StoredSetting[];
}
