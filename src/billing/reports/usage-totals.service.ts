import { Injectable } from '@nestjs/common';
import { Prisma } from '../../generated/prisma/client.js';
import { requireTimeZone } from '../budgets/budget-terms.js';
import { RequestDatabaseService } from '../requests/request-database.service.js';
import type { Dimension, ReportGroup, ReportTerms } from './report-terms.js';
import { requireWholeHours } from './report-window.js';
import type { UsageTotals } from './usage-totals.js';

/** The columns that totals are kept by, ordered as their bytes are. */
const COLUMNS: Readonly<Record<Dimension | 'tag', Prisma.Sql>> = {
  organization: Prisma.sql`organization_id COLLATE "C"`,
  project: Prisma.sql`project_id COLLATE "C"`,
  api_key: Prisma.sql`api_key_id COLLATE "C"`,
  member: Prisma.sql`member_id COLLATE "C"`,
  provider: Prisma.sql`provider_id COLLATE "C"`,
  model: Prisma.sql`model_id COLLATE "C"`,
  source: Prisma.sql`source COLLATE "C"`,
  tag: Prisma.sql`tag_value COLLATE "C"`,
};

const NAMES = [Prisma.sql`first`, Prisma.sql`second`, Prisma.sql`third`] as const;

/** Enough to hold all groups of a report at once; with Postgres' default it sorts hundreds of thousands of totals on disk. */
const WORK_MEMORY = '64MB';

/** Adds up the hourly totals, which the poster keeps equal to the ledger. */
@Injectable()
export class UsageTotalsService {
  constructor(private readonly database: RequestDatabaseService) {}

  /**
   * The groups of a report in the order of their keys, at most `limit`, after those with the keys `after`.
   * @throws GatewayError invalid_parameter (time_zone), overloaded
   */
  read(
    organizationId: string | undefined,
    terms: ReportTerms,
    limit: number,
    after?: readonly string[],
  ): Promise<UsageTotals[]> {
    return this.database.read(organizationId, async (transaction) => {
      if (terms.timeZone !== 'UTC') {
        await requireTimeZone(transaction, terms.timeZone);
        requireWholeHours(terms.timeZone, terms.window);
      }
      await transaction.$executeRaw`SELECT set_config('work_mem', ${WORK_MEMORY}, true)`;
      const conditions = conditionsOf(organizationId, terms, after);
      return transaction.$queryRaw<UsageTotals[]>(queryOf(terms, conditions, limit));
    });
  }
}

/** Grouped by what the columns hold, and only then written out as text. */
function queryOf(terms: ReportTerms, conditions: readonly Prisma.Sql[], limit: number): Prisma.Sql {
  const { groups, tagName } = terms;
  const table = tagName === undefined ? Prisma.sql`usage_hourly` : Prisma.sql`usage_hourly_tag`;
  const places = groups.map((_, at) => Prisma.raw(String(at + 1)));
  const keys = groups.map((group, at) => Prisma.sql`${keyOf(group, terms)} AS ${nameAt(at)},`);
  const texts = groups.map((group, at) => textOf(group, nameAt(at)));
  const grouping = places.length === 0 ? Prisma.empty : Prisma.sql`GROUP BY ${joined(places)}`;
  const order = places.length === 0 ? Prisma.empty : Prisma.sql`ORDER BY ${joined(places)}`;
  return Prisma.sql`
    SELECT ARRAY[${texts.length === 0 ? Prisma.empty : joined(texts)}]::text[] AS keys, requests, prompt_tokens,
      cached_tokens, completion_tokens, reasoning_tokens, trim_scale(charged)::text AS charged,
      trim_scale(own)::text AS own_credentials_cost, trim_scale(own + provider)::text AS list_cost,
      trim_scale(provider)::text AS provider_cost
    FROM (
      SELECT ${Prisma.join([...keys, Prisma.empty], ' ')} coalesce(sum(requests), 0)::bigint AS requests,
        coalesce(sum(prompt_tokens), 0)::bigint AS prompt_tokens,
        coalesce(sum(cached_tokens), 0)::bigint AS cached_tokens,
        coalesce(sum(completion_tokens), 0)::bigint AS completion_tokens,
        coalesce(sum(reasoning_tokens), 0)::bigint AS reasoning_tokens, coalesce(sum(amount), 0) AS charged,
        coalesce(sum(uncharged_amount), 0) AS own, coalesce(sum(provider_cost), 0) AS provider
      FROM ${table} WHERE ${Prisma.join([...conditions], ' AND ')}
      ${grouping} ${order} LIMIT ${limit}) AS total`;
}

function conditionsOf(
  organizationId: string | undefined,
  terms: ReportTerms,
  after: readonly string[] | undefined,
): Prisma.Sql[] {
  const { window, filters, groups, tagName, tagValue } = terms;
  const conditions = [Prisma.sql`hour >= ${window.since} AND hour < ${window.until}`];
  if (organizationId !== undefined)
    conditions.push(Prisma.sql`organization_id = ${organizationId}`);
  for (const [dimension, value] of filters)
    conditions.push(Prisma.sql`${COLUMNS[dimension]} = ${value}`);
  if (tagName !== undefined) conditions.push(Prisma.sql`tag_name = ${tagName}`);
  if (tagValue !== undefined) conditions.push(Prisma.sql`tag_value = ${tagValue}`);
  if (after && groups.length > 0) {
    const keys = groups.map((group) => keyOf(group, terms));
    const values = groups.map((group, at) => valueOf(group, after[at] ?? ''));
    conditions.push(Prisma.sql`(${joined(keys)}) > (${joined(values)})`);
  }
  return conditions;
}

/** What the totals of an hour are grouped by. */
function keyOf(group: ReportGroup, { timeZone }: ReportTerms): Prisma.Sql {
  if (group === 'hour') return Prisma.sql`hour`;
  if (group === 'day') return Prisma.sql`(hour AT TIME ZONE ${timeZone})::date`;
  return COLUMNS[group];
}

function textOf(group: ReportGroup, name: Prisma.Sql): Prisma.Sql {
  if (group === 'hour')
    return Prisma.sql`to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')`;
  return group === 'day' ? Prisma.sql`to_char(${name}, 'YYYY-MM-DD')` : name;
}

/** The same text as a value again. */
function valueOf(group: ReportGroup, text: string): Prisma.Sql {
  if (group === 'hour') return Prisma.sql`${text}::timestamptz`;
  return group === 'day' ? Prisma.sql`${text}::date` : Prisma.sql`${text}::text`;
}

function nameAt(place: number): Prisma.Sql {
  const name = NAMES[place];
  if (!name) throw new RangeError('a report has at most three groups');
  return name;
}

function joined(parts: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.join([...parts], ', ');
}
