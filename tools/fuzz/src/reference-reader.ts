/** A stanza as the reference reader sees it. */
export interface ReferenceStanza {
  name: string;
  headerLines: number[];
  settings: { key: string; value: string; line: number; endLine: number }[];
}

const BLANKS_BEFORE = /^[ \t\r\v\f]+/;
const BLANKS_AFTER = /[ \t\r\v\f]+$/;
const trim = (text: string) => text.replace(BLANKS_BEFORE, '').replace(BLANKS_AFTER, '');

/**
 * The same format read a second time, as plainly as it can be said and without a thought for speed: what it and the
 * parser disagree about is a mistake of one of them.
 */
export function readPlainly(text: string): ReferenceStanza[] {
  const stanzas = new Map<string, ReferenceStanza>();
  const open = (name: string): ReferenceStanza => {
    const known = stanzas.get(name) ?? { name, headerLines: [], settings: [] };
    stanzas.set(name, known);
    return known;
  };
  let current: ReferenceStanza | null = null;
  for (const { text: logical, first, last } of logicalLines(text)) {
    const line = logical.replace(BLANKS_BEFORE, '');
    if (line.startsWith('[')) {
      const close = line.lastIndexOf(']');
      if (close === -1) continue;
      current = open(line.slice(1, close));
      current.headerLines.push(first);
      continue;
    }
    const [, rawKey, rawValue] = /^((?:[^\\=]|\\(?!\n)[^]|\\(?=\n|$))*?)=([^]*)$/.exec(line) ?? [];
    if (rawKey === undefined || rawValue === undefined || rawKey.includes('\n')) continue;
    const key = trim(rawKey).replace(/\\([\\=])/g, '$1');
    if (key === '') continue;
    current ??= open('default');
    const setting = { key, value: trim(rawValue), line: first, endLine: last };
    const place = current.settings.findIndex((known) => known.key === key);
    if (place === -1) current.settings.push(setting);
    else current.settings[place] = setting;
  }
  return [...stanzas.values()];
}

function* logicalLines(text: string): Generator<{ text: string; first: number; last: number }> {
  const physical = text.split('\n');
  // The last line end ends a line, and begins none.
  if (physical.at(-1) === '') physical.pop();
  const lines = physical.map((line) => line.replace(/\r+$/, ''));
  for (let at = 0; at < lines.length; at++) {
    const first = at + 1;
    let line = lines[at] ?? '';
    const start = line.replace(BLANKS_BEFORE, '');
    if (start === '' || start.startsWith('#') || start.startsWith(';')) continue;
    while (line.endsWith('\\')) {
      at++;
      line = `${line.slice(0, -1)}\n`;
      if (at >= lines.length) break;
      const next = lines[at] ?? '';
      line += next;
      if (!next.endsWith('\\')) break;
    }
    yield { text: line, first, last: Math.min(at + 1, lines.length) };
  }
}
