import { badRequest } from '@confscope/service-kit';

/** Writes where a page ended. Its reader is this service alone; clients only carry it. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads where a page ended.
 *
 * @param read makes a position of what the cursor holds, or null when that is something else
 * @throws Problem `invalid_cursor`
 */
export function decodeCursor<Position>(
  cursor: string | undefined,
  read: (parts: readonly unknown[]) => Position | null,
): Position | null {
  if (cursor === undefined) return null;
  const parts = partsOf(cursor);
  const position = parts && read(parts);
  if (position === null)
    throw badRequest(
      [{ field: 'cursor', message: 'cursor must be the next_cursor of an earlier page of this list.' }],
      'invalid_cursor',
    );
  return position;
}

/** True for what PostgreSQL takes for a number of a row. */
export const isRowNumber = (value: unknown, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;

/** True for what PostgreSQL takes for a text. */
export const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

function partsOf(cursor: string): readonly unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : null;
  } catch {
    return null;
  }
}
