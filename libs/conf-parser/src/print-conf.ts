import type { Stanza } from './parsed-conf.ts';

const BLANK = '[ \\t\\r\\v\\f]';
/** A carriage return at the end of a line is a part of the line end. */
const LOST_RETURN = /\r(?:\n|$)/;
const TRIMMED = new RegExp(`^${BLANK}|${BLANK}$`);
const NOT_A_KEY = new RegExp(`^$|^[#;[]|\\n|${TRIMMED.source}`);

/**
 * Writes stanzas as a conf file that reads back as the same names and values; null when the format has no way to write
 * one of them, such as a value with blanks at its end.
 */
export function printConf(stanzas: readonly Pick<Stanza, 'name' | 'settings'>[]): string | null {
  const lines: string[] = [];
  for (const { name, settings } of stanzas) {
    if (LOST_RETURN.test(name)) return null;
    lines.push(`[${continued(name)}]`);
    for (const { key, value } of settings) {
      if (NOT_A_KEY.test(key) || TRIMMED.test(value) || LOST_RETURN.test(value)) return null;
      // A value may end in a backslash only where a blank keeps it from continuing the line.
      lines.push(`${key.replace(/[\\=]/g, '\\$&')} = ${continued(value)}${value.endsWith('\\') ? ' ' : ''}`);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

function continued(text: string): string {
  return text.replaceAll('\n', '\\\n');
}
