import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../../core/admin.js';
import { GatewayError } from '../../../core/errors.js';
import type { PriceComponent, PriceVersion } from '../../../generated/prisma/client.js';
import { decimalText } from '../../../platform/decimal.js';
import { decodeCursor, encodeCursor, noCursor } from '../../../platform/pagination/cursor.js';
import { toList } from '../../../platform/pagination/list.js';
import type { PageQueryDto } from '../../../platform/pagination/page-query.dto.js';
import { TenantDatabaseService } from '../../../platform/tenant-database.service.js';
import { toMoment } from '../../../platform/validation/moment.js';
import { AdminChangeService, deletedView, type DeletedView } from '../../../tenants/index.js';
import { CatalogueService } from '../catalogue.service.js';
import { CATALOGUE_LOCK } from '../catalogue.writer.js';
import type { ScheduledPriceList, ScheduledPriceView } from './catalogue-revision.dto.js';

type ScheduledRow = PriceVersion & { readonly components: readonly PriceComponent[] };

/** Too short a time for every process to hear of it. */
const MARGIN_MS = 5_000;

/** Prices that begin on a later day. They become valid by the clock; until then they can be called off. */
@Injectable()
export class ScheduledPriceService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
    private readonly catalogue: CatalogueService,
  ) {}

  /** The next one first. @throws GatewayError invalid_parameter (cursor) */
  list({ limit, cursor }: PageQueryDto): Promise<ScheduledPriceList> {
    const where = {
      AND: [
        { validFrom: { gt: new Date() }, cancelled: null },
        cursor === undefined ? {} : after(cursor),
      ],
    };
    return this.database.everywhere(async (transaction) => {
      const rows = await transaction.priceVersion.findMany({
        where,
        include: { components: { orderBy: { position: 'asc' } } },
        orderBy: [{ validFrom: 'asc' }, { id: 'asc' }],
        take: limit + 1,
      });
      return toList(rows, limit, scheduledPriceView, ({ validFrom, id }) =>
        encodeCursor([validFrom.toISOString(), id]),
      );
    });
  }

  /** @throws GatewayError resource_not_found; resource_conflict where it is valid already, or within seconds */
  async cancel(request: AdminRequest, id: string): Promise<DeletedView> {
    const answer = await this.changes.run(request, null, async ({ transaction, record }) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${CATALOGUE_LOCK})`;
      const row = await transaction.priceVersion.findFirst({
        where: { id, cancelled: null },
        include: { components: { orderBy: { position: 'asc' } } },
      });
      if (!row)
        throw new GatewayError('resource_not_found', { message: 'There is no such price.' });
      if (row.validFrom.getTime() <= Date.now() + MARGIN_MS)
        throw new GatewayError('resource_conflict', {
          message: 'The price is valid already, or will be within seconds.',
        });
      await transaction.priceCancellation.create({ data: { priceVersionId: id } });
      await transaction.catalogueRevision.create({
        data: { origin: 'cancellation', source: `price version ${id}`, prices: 1 },
      });
      const before = scheduledPriceView(row);
      record({ action: 'scheduled_price.cancel', targetKind: before.object, targetId: id, before });
      return deletedView('scheduled_price', id);
    });
    await this.catalogue.reload();
    return answer;
  }
}

function after(cursor: string) {
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const validFrom = toMoment(time);
  if (!validFrom) throw noCursor();
  return { OR: [{ validFrom: { gt: validFrom } }, { validFrom, id: { gt: id } }] };
}

function scheduledPriceView(row: ScheduledRow): ScheduledPriceView {
  return {
    object: 'scheduled_price',
    id: row.id,
    offer_id: row.offerId,
    valid_from: row.validFrom.toISOString(),
    source: row.source,
    components: row.components.map(({ meter, unit, amount, conditions }) => ({
      meter,
      unit,
      amount: decimalText(amount),
      // Written by the catalogue's writer in this form.
      conditions: conditions as Record<string, unknown>,
    })),
    created_at: row.recordedAt.toISOString(),
  };
}
