import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { decimalText } from '../../platform/decimal.js';
import { PrismaService } from '../../platform/prisma.service.js';
import { momentOf } from './moment.js';
import type { RequestQueryDto } from './request-query.dto.js';
import { requestView } from './request-view.js';

/** A position in the log: newest first, by start and id. */
interface Cursor {
  readonly startedAt: Date;
  readonly callId: string;
}

/** Reads the request log. */
@Injectable()
export class RequestsService {
  constructor(private readonly prisma: PrismaService) {}

  /** A page of the log, newest first. @throws GatewayError invalid_parameter for a cursor that is none. */
  async list(query: RequestQueryDto): Promise<Record<string, unknown>> {
    const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const rows = await this.prisma.requestLog.findMany({
      where: {
        AND: [
          {
            organizationId: query.organization_id,
            apiKeyId: query.api_key_id,
            modelId: query.model,
            providerId: query.provider,
            outcome: query.outcome,
            startedAt: { gte: momentOf('since', query.since), lt: momentOf('until', query.until) },
          },
          cursor
            ? {
                OR: [
                  { startedAt: { lt: cursor.startedAt } },
                  { startedAt: cursor.startedAt, callId: { lt: cursor.callId } },
                ],
              }
            : {},
        ],
      },
      orderBy: [{ startedAt: 'desc' }, { callId: 'desc' }],
      take: query.limit + 1,
    });
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      object: 'list',
      data: page.map(requestView),
      has_more: rows.length > page.length,
      next_cursor: rows.length > page.length && last ? encodeCursor(last) : null,
    };
  }

  /** One request with its cost lines. @throws GatewayError resource_not_found */
  async get(callId: string): Promise<Record<string, unknown>> {
    const [row, events] = await Promise.all([
      this.prisma.requestLog.findFirst({ where: { callId } }),
      this.prisma.usageEvent.findMany({ where: { callId }, orderBy: { revision: 'asc' } }),
    ]);
    if (!row)
      throw new GatewayError('resource_not_found', { message: 'There is no such request.' });
    const revisions = events.map((event) => ({
      revision: event.revision,
      rank: event.rank,
      units: event.units,
      cost_lines: event.costLines,
      amount: decimalText(event.amount),
      charged: event.charged,
      price_version_id: event.priceVersionId,
      recorded_at: event.recordedAt.toISOString(),
    }));
    return { ...requestView(row), revisions };
  }
}

function encodeCursor({ startedAt, callId }: Cursor): string {
  return Buffer.from(`${startedAt.toISOString()} ${callId}`).toString('base64url');
}

function decodeCursor(text: string): Cursor {
  const [time = '', callId = ''] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  const startedAt = new Date(time);
  if (Number.isNaN(startedAt.getTime()) || !/^\w+$/.test(callId)) {
    throw new GatewayError('invalid_parameter', {
      param: 'cursor',
      message: 'cursor is not a next_cursor of this list.',
    });
  }
  return { startedAt, callId };
}
