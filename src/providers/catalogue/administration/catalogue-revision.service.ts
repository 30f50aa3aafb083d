import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../../core/admin.js';
import { GatewayError } from '../../../core/errors.js';
import { Prisma, type CatalogueRevision } from '../../../generated/prisma/client.js';
import { decodeCursor, encodeCursor, noCursor } from '../../../platform/pagination/cursor.js';
import { toList } from '../../../platform/pagination/list.js';
import type { PageQueryDto } from '../../../platform/pagination/page-query.dto.js';
import { TenantDatabaseService } from '../../../platform/tenant-database.service.js';
import { AdminChangeService } from '../../../tenants/index.js';
import { priceVersionId } from '../catalogue-price.js';
import { CatalogueService } from '../catalogue.service.js';
import {
  CATALOGUE_LOCK,
  insertPrices,
  upsertAliases,
  upsertModels,
  upsertOffers,
  type PriceRow,
} from '../catalogue.writer.js';
import { readPlan, type PlannedPrice, type PlannedWork } from '../import/plan.js';
import type { AppliedPlanView, ApplyCataloguePlanDto } from './catalogue-plan.dto.js';
import { inOurWords } from './catalogue-plan.service.js';
import type { CatalogueRevisionList, CatalogueRevisionView } from './catalogue-revision.dto.js';

const ALL = 'all';
const LARGEST_NUMBER = 2_147_483_647;

/** Publishes changes of the catalogue. Prices are only ever added, valid from now or later. */
@Injectable()
export class CatalogueRevisionService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
    private readonly catalogue: CatalogueService,
  ) {}

  /** Newest first. @throws GatewayError invalid_parameter (cursor) */
  list({ limit, cursor }: PageQueryDto): Promise<CatalogueRevisionList> {
    const where = cursor === undefined ? {} : { number: { lt: numberOf(cursor) } };
    return this.database.everywhere(async (transaction) => {
      const order = { orderBy: { number: 'desc' as const }, take: limit + 1 };
      const rows = await transaction.catalogueRevision.findMany({ where, ...order });
      return toList(rows, limit, revisionView, ({ number }) => encodeCursor([String(number)]));
    });
  }

  /**
   * Does what a plan says, all of it or nothing; what is held back only where it is confirmed.
   * @throws GatewayError invalid_parameter (plan), resource_conflict where the catalogue has changed since, where a date
   *   has passed, or where all of it is held back
   */
  async apply(request: AdminRequest, body: ApplyCataloguePlanDto): Promise<AppliedPlanView> {
    const work = inOurWords('plan', () => readPlan(body.plan));
    const confirmed = new Set(body.confirm);
    const isDue = ({ offerId, isHeld }: PlannedPrice): boolean =>
      !isHeld || confirmed.has(ALL) || confirmed.has(offerId);
    const due = { ...work, prices: work.prices.filter(isDue) };
    const held = work.prices.filter((price) => !isDue(price)).map(({ offerId }) => offerId);
    const isEmpty = [due.models, due.aliases, due.offers, due.prices].every(
      ({ length }) => length === 0,
    );
    if (isEmpty && held.length > 0)
      throw conflict('All of the plan is held back; confirm what is right of it.');
    const answer = await this.changes.run(request, null, async ({ transaction, record }) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${CATALOGUE_LOCK})`;
      const revision = await revisionOf(transaction);
      if (!isEmpty) requireRevision(revision, work.baseRevision);
      const nothing = { models: 0, aliases: 0, offers: 0, prices: 0 };
      const counts = isEmpty ? nothing : await write(transaction, due);
      const view = {
        object: 'applied_catalogue_plan' as const,
        id: work.id,
        revision,
        ...counts,
        held,
      };
      if (isEmpty) return view;
      const { number } = await transaction.catalogueRevision.create({
        data: { origin: 'import', source: work.source, planId: work.id, ...counts },
      });
      const published = { ...view, revision: number };
      const targetId = String(number);
      record({
        action: 'catalogue.import',
        targetKind: 'catalogue_revision',
        targetId,
        after: published,
      });
      return published;
    });
    await this.catalogue.reload();
    return answer;
  }
}

async function revisionOf(transaction: Prisma.TransactionClient): Promise<number> {
  const { _max } = await transaction.catalogueRevision.aggregate({ _max: { number: true } });
  return _max.number ?? 0;
}

/** The catalogue must be as it was when the plan was made. */
function requireRevision(revision: number, planned: number): void {
  if (revision === planned) return;
  throw conflict(
    `The catalogue is at revision ${revision}, the plan was made against ${planned}; make it again.`,
  );
}

async function write(transaction: Prisma.TransactionClient, work: PlannedWork) {
  const counts = {
    models: await upsertModels(transaction, work.models),
    aliases: await upsertAliases(transaction, work.aliases),
    offers: await upsertOffers(transaction, work.offers),
  };
  const rows = await priceRowsOf(transaction, work);
  const prices = await insertPrices(transaction, rows);
  if (prices !== rows.length) throw conflict('Some of the prices are there already.');
  return { ...counts, prices };
}

/** The versions to add, each at the first free millisecond from its moment on. */
async function priceRowsOf(
  transaction: Prisma.TransactionClient,
  { prices, source }: PlannedWork,
): Promise<readonly PriceRow[]> {
  const [clock] = await transaction.$queryRaw<{ now: Date }[]>`
    SELECT date_trunc('milliseconds', clock_timestamp()) AS now`;
  const now = clock?.now.getTime() ?? Date.now();
  const offerIds = [...new Set(prices.map(({ offerId }) => offerId))];
  const offers = await transaction.offer.findMany({
    where: { id: { in: offerIds } },
    select: { id: true, prices: { select: { validFrom: true } } },
  });
  const taken = new Map(
    offers.map(({ id, prices: versions }) => [
      id,
      new Set(versions.map(({ validFrom }) => validFrom.getTime())),
    ]),
  );
  return prices.map(({ offerId, validFrom, components }) => {
    const moments = taken.get(offerId);
    if (!moments) throw conflict(`There is no offer ${offerId}.`);
    if (validFrom !== null && validFrom < now)
      throw conflict(`${new Date(validFrom).toISOString()} has passed; make the plan again.`);
    let moment = validFrom ?? now;
    while (moments.has(moment)) moment++;
    moments.add(moment);
    return {
      id: priceVersionId(offerId, moment, components),
      offerId,
      validFrom: new Date(moment).toISOString(),
      source,
      components: components.map((component, position) => ({ position, ...component })),
    };
  });
}

function conflict(message: string): GatewayError {
  return new GatewayError('resource_conflict', { message });
}

function numberOf(cursor: string): number {
  const number = Number(decodeCursor(cursor, 1)[0]);
  if (Number.isSafeInteger(number) && number > 0 && number <= LARGEST_NUMBER) return number;
  throw noCursor();
}

function revisionView(row: CatalogueRevision): CatalogueRevisionView {
  const { number, origin, source, planId, models, aliases, offers, prices, createdAt } = row;
  return {
    object: 'catalogue_revision',
    id: String(number),
    number,
    origin,
    source,
    plan_id: planId,
    ...{ models, aliases, offers, prices },
    created_at: createdAt.toISOString(),
  };
}
