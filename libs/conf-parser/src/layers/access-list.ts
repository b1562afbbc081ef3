/** Who may do what, as `access = read : [ * ], write : [ admin ]` says; null where the list says nothing. */
export interface AccessList {
  read: readonly string[] | null;
  write: readonly string[] | null;
  delete: readonly string[] | null;
}

/** Reads the value of `access`; null when it is no access list. `*` stands for every role, an empty list for none. */
export function accessListOf(value: string): AccessList | null {
  const list: AccessList = { read: null, write: null, delete: null };
  const part = /\s*(read|write|delete)\s*:\s*\[([^[\]]*)\]\s*(,|$)/y;
  while (part.lastIndex < value.length) {
    const found = part.exec(value);
    if (!found) return null;
    const [, right, roles = '', end] = found;
    list[right as keyof AccessList] = roles
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== '');
    if (end === '') return list;
  }
  return null;
}

/** Whether one of the roles is on a list. */
export function isOnList(list: readonly string[], roles: readonly string[]): boolean {
  return list.includes('*') || roles.some((role) => list.includes(role));
}
