import { PageQuery, cutPage, decodeCursor, DEFAULT_PAGE } from '../common/pagination';

/** Where a page of rows sorted by id begins, and how many rows to ask for (one too many, to see whether more follow). */
export function idPage(query: PageQuery): { after: number; limit: number; take: number } {
  const limit = query.limit ?? DEFAULT_PAGE;
  const after = query.cursor === undefined ? 0 : Number(decodeCursor(query.cursor, ['number'])[0]);
  return { after, limit, take: limit + 1 };
}

/** The page and, where more follows, its `next_cursor` as a field to spread into the answer. */
export function cutIdPage<Row extends { readonly id: number }>(
  rows: readonly Row[],
  limit: number,
): { items: Row[]; next: { next_cursor?: string } } {
  const { items, next_cursor } = cutPage(rows, limit, (row) => [row.id]);
  return { items, next: next_cursor === null ? {} : { next_cursor } };
}
