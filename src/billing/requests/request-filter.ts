import type { Prisma } from '../../generated/prisma/client.js';
import { decodeCursor, encodeCursor, noCursor } from '../../platform/pagination/cursor.js';
import { momentOf, toMoment } from '../../platform/validation/moment.js';
import type { RequestFilterDto } from './request-query.dto.js';
import { windowOf } from './request-window.js';

type Where = Prisma.RequestLogWhereInput;

/** A place in the log, which is read newest first: by start, and by id where two started together. */
export interface RequestPlace {
  readonly startedAt: Date;
  readonly callId: string;
}

/** The order of the log. */
export const LATEST_FIRST = [{ startedAt: 'desc' as const }, { callId: 'desc' as const }];

/**
 * The condition of a query's filters; `now` is what the default window ends with.
 * @throws GatewayError invalid_parameter (since, until)
 */
export function filterOf(query: RequestFilterDto, now: Date): Where {
  const exact: Where = {
    apiKeyId: query.api_key_id,
    projectId: query.project_id,
    memberId: query.member_id,
    modelId: query.model,
    providerId: query.provider,
    status: query.status,
    outcome: query.outcome,
    errorCode: query.error_code,
    source: query.source,
    sessionId: query.session_id,
    cost: { gte: query.min_cost, lte: query.max_cost },
  };
  return { AND: [exact, timeOf(query, now), idOf(query.id), ...tagsOf(query.tag ?? [])] };
}

/** What comes after a cursor. @throws GatewayError invalid_parameter (cursor) */
export function afterCursor(cursor: string | undefined): Where {
  if (cursor === undefined) return {};
  const [time = '', callId = ''] = decodeCursor(cursor, 2);
  const startedAt = toMoment(time);
  if (!startedAt) throw noCursor();
  // The first bound is implied by the rest; by it the index is entered, and months are left out.
  return {
    AND: [
      { startedAt: { lte: startedAt } },
      { OR: [{ startedAt: { lt: startedAt } }, { callId: { lt: callId } }] },
    ],
  };
}

/** The cursor that stands for a row. */
export function cursorOf({ startedAt, callId }: RequestPlace): string {
  return encodeCursor([startedAt.toISOString(), callId]);
}

/** An id names one call, whenever it was: it needs no window. */
function timeOf(query: RequestFilterDto, now: Date): Where {
  if (query.id !== undefined) {
    return {
      startedAt: { gte: momentOf('since', query.since), lt: momentOf('until', query.until) },
    };
  }
  const { since, until } = windowOf(query, now);
  return { startedAt: { gte: since, lt: until } };
}

function idOf(id: string | undefined): Where {
  if (id === undefined) return {};
  return { OR: [{ callId: id }, { clientRequestId: id }, { upstreamId: id }] };
}

/** Names of tags are those of headers, which have no case. */
function tagsOf(tags: readonly string[]): Where[] {
  return tags.map((tag) => {
    const colon = tag.indexOf(':');
    return { tags: { path: [tag.slice(0, colon).toLowerCase()], equals: tag.slice(colon + 1) } };
  });
}
