import { type Diagnostic, diagnostic, MAX_DIAGNOSTICS } from './diagnostic.ts';
import type { FoundSecret } from './mask-conf.ts';

/** Adds the findings about secrets in clear text to those of their file, in the order of lines. */
export function clearSecrets(found: readonly Diagnostic[], secrets: readonly FoundSecret[]): Diagnostic[] {
  const clear = secrets.filter((secret) => secret.isClear).slice(0, MAX_DIAGNOSTICS);
  if (clear.length === 0) return [...found];
  const noted = clear.map(({ line, column }) => diagnostic('secret-in-clear', line, column));
  return [...found, ...noted].sort((a, b) => a.line - b.line);
}
