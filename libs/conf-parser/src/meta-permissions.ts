import { type AccessList, parseAccess } from './meta-access.ts';
import type { ParsedConf, Stanza } from './parsed-conf.ts';

/** What one stanza of a meta file says. */
export interface Permissions {
  /**
   * Of what: `[]` the app, `['props']` a category, `['props', 'source::x']` an object, a third element a setting of it.
   * The names are decoded.
   */
  path: readonly string[];
  line: number;
  /** Null where the stanza says nothing, or nothing that can be read. */
  access: AccessList | null;
  /** Whether other apps see it; null where the stanza does not say. */
  isExported: boolean | null;
  owner: string | null;
  /** Splunk's own version and time of the last change, as they are written. */
  version: string | null;
  modtime: string | null;
}

/** The permissions of a parsed meta file, in the order of its stanzas. `[default]` counts as the app itself. */
export function readPermissions(meta: Pick<ParsedConf, 'stanzas'>): Permissions[] {
  return meta.stanzas.map((stanza) => {
    const valueOf = settingsOf(stanza);
    const access = valueOf('access');
    const exported = valueOf('export');
    return {
      path: metaPath(stanza.name),
      line: stanza.line,
      access: access === null ? null : parseAccess(access),
      isExported: exported === null ? null : exported === 'system',
      owner: valueOf('owner'),
      version: valueOf('version'),
      modtime: valueOf('modtime'),
    };
  });
}

/** The levels in the name of a stanza: split at "/" first and decoded afterwards, because `%2F` is a slash in a name. */
export function metaPath(name: string): readonly string[] {
  return name === '' || name === 'default' ? [] : name.split('/').map(decodeName);
}

/** Undoes percent-encoding; what is no valid encoding stays as it is written. */
export function decodeName(encoded: string): string {
  if (!encoded.includes('%')) return encoded;
  return encoded.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

function settingsOf(stanza: Stanza): (key: string) => string | null {
  return (key) => stanza.settings.find((setting) => setting.key === key)?.value ?? null;
}
