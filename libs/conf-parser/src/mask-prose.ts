import { maskText } from './secret-patterns.ts';
import { maskAssigned } from './typed-secret.ts';

/** A text without what is recognisably secret in it, and without what it assigns to a secret. */
export function maskProse(text: string): string {
  return maskAssigned(maskText(text));
}
