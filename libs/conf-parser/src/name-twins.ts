/** Whether two different names differ in upper and lower case alone. */
export function areTwins(a: string, b: string): boolean {
  const { length } = a;
  if (length !== b.length) return false;
  // Most names differ in their last letters, and need not be read further.
  for (let at = length - 1; at >= 0; at--) {
    const one = a.charCodeAt(at);
    const other = b.charCodeAt(at);
    if (one === other) continue;
    // Beyond ASCII more than one bit tells a capital from its small letter.
    if ((one | other) > 0x7f) return a.toLowerCase() === b.toLowerCase();
    if ((one | 0x20) !== (other | 0x20) || (one | 0x20) < 0x61 || (one | 0x20) > 0x7a) return false;
  }
  return true;
}
