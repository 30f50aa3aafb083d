import type { ListView } from './list.dto.js';

/** A page of a list, as the admin API answers it. */
export interface Page<View> extends ListView {
  data: View[];
}

/**
 * A page out of rows that were read with `take: limit + 1`: the row too many tells whether there are more.
 * `cursorOf` gives the cursor that stands for a row.
 */
export function toList<Row, View>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
  cursorOf: (row: Row) => string,
): Page<View> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > page.length;
  return {
    object: 'list',
    data: page.map(view),
    has_more: hasMore,
    next_cursor: hasMore && last !== undefined ? cursorOf(last) : null,
  };
}
