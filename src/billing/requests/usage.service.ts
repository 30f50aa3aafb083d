import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/prisma/client.js';
import { PrismaService } from '../../platform/prisma.service.js';
import { momentOf } from './moment.js';
import type { UsageQueryDto } from './request-query.dto.js';

interface UsageRow {
  readonly group: string | null;
  readonly requests: bigint;
  readonly prompt_tokens: bigint;
  readonly completion_tokens: bigint;
  readonly cost_usd: string;
}

const GROUPS: Readonly<Record<UsageQueryDto['group_by'], Prisma.Sql>> = {
  key: Prisma.sql`api_key_id`,
  model: Prisma.sql`model_id`,
  day: Prisma.sql`to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
};

/** Adds up the request log. */
@Injectable()
export class UsageService {
  constructor(private readonly prisma: PrismaService) {}

  /** Requests, tokens and cost by key, model or UTC day. */
  async report(query: UsageQueryDto): Promise<Record<string, unknown>> {
    const since = momentOf('since', query.since);
    const until = momentOf('until', query.until);
    const conditions = [
      Prisma.sql`true`,
      ...(query.organization_id === undefined
        ? []
        : [Prisma.sql`organization_id = ${query.organization_id}`]),
      ...(since === undefined ? [] : [Prisma.sql`started_at >= ${since}`]),
      ...(until === undefined ? [] : [Prisma.sql`started_at < ${until}`]),
    ];
    const rows = await this.prisma.$queryRaw<UsageRow[]>`
      SELECT ${GROUPS[query.group_by]} AS "group", count(*) AS requests,
             coalesce(sum(prompt_tokens), 0)::bigint AS prompt_tokens,
             coalesce(sum(completion_tokens), 0)::bigint AS completion_tokens,
             trim_scale(coalesce(sum(cost), 0))::text AS cost_usd
      FROM request_log WHERE ${Prisma.join(conditions, ' AND ')}
      GROUP BY 1 ORDER BY 1`;
    const data = rows.map((row) => ({
      [query.group_by]: row.group,
      requests: Number(row.requests),
      prompt_tokens: Number(row.prompt_tokens),
      completion_tokens: Number(row.completion_tokens),
      cost_usd: row.cost_usd,
    }));
    return { object: 'list', group_by: query.group_by, data };
  }
}
