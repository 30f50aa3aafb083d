import { toMoment } from '../validation/moment.js';
import { decodeCursor, encodeCursor, noCursor } from './cursor.js';

/** Rows that are listed by the time at which they were made; the column must hold whole milliseconds. */
interface Created {
  readonly id: string;
  readonly createdAt: Date;
}

/** The order of most lists. */
export const NEWEST_FIRST = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];

/**
 * What a list's query needs to read one page, newest first, and one row more, for `toList`. `where` goes into the
 * query beside its own conditions: `where: { AND: [{ organizationId }, page.where] }`.
 * @throws GatewayError invalid_parameter (cursor)
 */
export function newestFirst(query: { readonly limit: number; readonly cursor?: string }) {
  return { where: afterCursor(query.cursor), orderBy: NEWEST_FIRST, take: query.limit + 1 };
}

/** The cursor of a row in such a list. */
export function cursorOfCreated({ createdAt, id }: Created): string {
  return encodeCursor([createdAt.toISOString(), id]);
}

function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const createdAt = toMoment(time);
  if (!createdAt) throw noCursor();
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}
