import type { DiagnosticCode } from './diagnostic.ts';
import { accessListOf } from './layers/access-list.ts';

/** App, category, object, attribute: `[]`, `[props]`, `[props/x]`, `[props/x/EVAL-y]`. */
const MAX_LEVELS = 3;

/** Whether the name of a stanza in a meta file has more levels than anything Splunk has permissions for. */
export function isMetaTooDeep(name: string): boolean {
  // Names are percent-encoded, so a slash always separates levels.
  let levels = 1;
  for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1)) levels++;
  return levels > MAX_LEVELS;
}

/** What is wrong with a setting of a meta file, or null. */
export function findMetaFault(key: string, value: string): DiagnosticCode | null {
  if (key === 'access') return accessListOf(value) ? null : 'meta-access-syntax';
  if (key === 'export') return value === 'system' || value === 'none' ? null : 'meta-export-value';
  return null;
}
