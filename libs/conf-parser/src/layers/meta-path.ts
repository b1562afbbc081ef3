/** What a stanza of a `.meta` speaks of: nothing is the app, then category, object and attribute. */
export type MetaPath = readonly string[];

/** Splits the name of a `.meta` stanza into its levels and decodes each: `%2F` is a slash in a name and no level. */
export function metaPathOf(stanza: string): MetaPath {
  if (stanza === '' || stanza === 'default') return [];
  const levels = stanza.split('/');
  while (levels.at(-1) === '') levels.pop();
  return levels.map(percentDecode);
}

/** Decodes `%XX` as UTF-8; what is no such code stays as it is written. */
export function percentDecode(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

/** Encodes a name as a level of a `.meta` stanza, as Splunk writes it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
