import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { toList } from '../../platform/pagination/list.js';
import { RequestDatabaseService } from './request-database.service.js';
import { afterCursor, cursorOf, filterOf, LATEST_FIRST } from './request-filter.js';
import type { RequestQueryDto } from './request-query.dto.js';
import { requestView, revisionView } from './request-view.js';
import type { RequestDetailView, RequestList } from './request.dto.js';

/** Reads the request log: of one organization, or without one of all. */
@Injectable()
export class RequestsService {
  constructor(private readonly database: RequestDatabaseService) {}

  /** A page of the log, newest first. @throws GatewayError invalid_parameter (cursor, since, until), overloaded */
  list(organizationId: string | undefined, query: RequestQueryDto): Promise<RequestList> {
    const conditions = [{ organizationId }, filterOf(query, new Date()), afterCursor(query.cursor)];
    return this.database.read(organizationId, async (transaction) => {
      const rows = await transaction.requestLog.findMany({
        where: { AND: conditions },
        orderBy: LATEST_FIRST,
        take: query.limit + 1,
      });
      return toList(rows, query.limit, requestView, cursorOf);
    });
  }

  /** One request with its cost lines. @throws GatewayError resource_not_found */
  get(organizationId: string | undefined, callId: string): Promise<RequestDetailView> {
    return this.database.read(organizationId, async (transaction) => {
      const events = await transaction.usageEvent.findMany({
        where: { callId, organizationId },
        orderBy: { revision: 'asc' },
      });
      const startedAt = events[0]?.occurredAt;
      const row =
        startedAt &&
        (await transaction.requestLog.findFirst({ where: { startedAt, callId, organizationId } }));
      if (!row)
        throw new GatewayError('resource_not_found', { message: 'There is no such request.' });
      return Object.assign(requestView(row), { revisions: events.map(revisionView) });
    });
  }
}
