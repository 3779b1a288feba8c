import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { ToInteger } from './ids';
import { ProblemException } from './problem';
import { IfPresent } from './if-present.decorator';

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 200;

/** `?limit=&cursor=` of a paged list. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @IfPresent()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit?: number;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before' })
  @IfPresent()
  @IsString()
  @MaxLength(512)
  cursor?: string;
}

/** Where a page ends: the sort key of its last row, in the order of the sort. */
export type CursorKey = readonly (string | number)[];

/** An opaque cursor for the row with this sort key. */
export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key in a cursor.
 * @param shape the type of each part, e.g. `['string', 'string']`
 * @throws ProblemException `validation_failed` for anything this function's twin did not write
 */
export function decodeCursor(cursor: string, shape: readonly ('string' | 'number')[]): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const fits =
      Array.isArray(key) && key.length === shape.length && shape.every((kind, at) => typeof key[at] === kind);
    if (fits && encodeCursor(key as CursorKey) === cursor) return key as (string | number)[];
  } catch {
    // Told below, as for any other cursor that is not ours.
  }
  const message = 'The cursor is not one this list gave out.';
  throw new ProblemException('validation_failed', message, { errors: [{ field: 'cursor', message }] });
}

/**
 * Cuts a page out of `limit + 1` rows: the row too many only says that there is a next page.
 * @param keyOf the sort key of a row
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => CursorKey,
): { items: Row[]; next_cursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items[items.length - 1];
  return { items, next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
