import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/prisma/client.js';
import { RequestDatabaseService } from './request-database.service.js';
import { windowOf } from './request-window.js';
import type { UsageGroup, UsageGroupView, UsageQueryDto, UsageReportView } from './usage.dto.js';

interface UsageRow {
  readonly group: string | null;
  readonly requests: bigint;
  readonly prompt_tokens: bigint;
  readonly completion_tokens: bigint;
  readonly cost_usd: string;
}

const GROUPS: Readonly<Record<UsageGroup, Prisma.Sql>> = {
  key: Prisma.sql`api_key_id`,
  model: Prisma.sql`model_id`,
  provider: Prisma.sql`provider_id`,
  project: Prisma.sql`project_id`,
  member: Prisma.sql`member_id`,
  day: Prisma.sql`to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  hour: Prisma.sql`to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')`,
};

/** Adds up the request log: of one organization, or without one of all. */
@Injectable()
export class UsageService {
  constructor(private readonly database: RequestDatabaseService) {}

  /** Requests, tokens and cost by group. @throws GatewayError invalid_parameter (since, until), overloaded */
  async report(organizationId: string | undefined, query: UsageQueryDto): Promise<UsageReportView> {
    const { since, until } = windowOf(query, new Date());
    const conditions = Prisma.join(
      [
        Prisma.sql`true`,
        ...(organizationId === undefined ? [] : [Prisma.sql`organization_id = ${organizationId}`]),
        ...(since === undefined ? [] : [Prisma.sql`started_at >= ${since}`]),
        ...(until === undefined ? [] : [Prisma.sql`started_at < ${until}`]),
      ],
      ' AND ',
    );
    const rows = await this.database.read(
      organizationId,
      (transaction) => transaction.$queryRaw<UsageRow[]>`
        SELECT ${GROUPS[query.group_by]} AS "group", count(*) AS requests,
               coalesce(sum(prompt_tokens), 0)::bigint AS prompt_tokens,
               coalesce(sum(completion_tokens), 0)::bigint AS completion_tokens,
               trim_scale(coalesce(sum(cost), 0))::text AS cost_usd
        FROM request_log WHERE ${conditions}
        GROUP BY 1 ORDER BY 1`,
    );
    const data = rows.map((row) => groupView(query.group_by, row));
    return { object: 'list', group_by: query.group_by, data };
  }
}

function groupView(name: UsageGroup, row: UsageRow): UsageGroupView {
  return {
    [name]: row.group,
    requests: Number(row.requests),
    prompt_tokens: Number(row.prompt_tokens),
    completion_tokens: Number(row.completion_tokens),
    cost_usd: row.cost_usd,
  };
}
