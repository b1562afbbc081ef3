/** Who may do what. A list of roles, `*` for all of them, an empty list for nobody; null where nothing is said. */
export interface AccessList {
  read: readonly string[] | null;
  write: readonly string[] | null;
  /** Written by some apps; Splunk does not ask for it. */
  delete: readonly string[] | null;
}

const ENTRY = /^(read|write|delete)\s*:\s*\[([^[\]]*)\]$/;

/** Reads `read : [ role, … ], write : [ role, … ]`; null when it cannot be read. */
export function parseAccess(value: string): AccessList | null {
  const access: Record<string, readonly string[] | null> = { read: null, write: null, delete: null };
  // Commas separate roles as well: those after a closing bracket separate the lists.
  for (const entry of value.split(/(?<=\])\s*,/)) {
    const [, action, roles] = ENTRY.exec(entry.trim()) ?? [];
    if (action === undefined || roles === undefined) return null;
    access[action] = roles
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== '');
  }
  return access as unknown as AccessList;
}
