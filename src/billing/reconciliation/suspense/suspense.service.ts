import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../../core/admin.js';
import { GatewayError } from '../../../core/errors.js';
import { formatUsd, parseUsd } from '../../../core/money.js';
import { decodeCursor, encodeCursor } from '../../../platform/pagination/cursor.js';
import { toList } from '../../../platform/pagination/list.js';
import { TenantDatabaseService } from '../../../platform/tenant-database.service.js';
import { AdminChangeService } from '../../../tenants/index.js';
import { requireIdempotencyKey } from '../../movements/require-idempotency-key.js';
import type {
  SuspenseAcceptanceDto,
  SuspenseAcceptanceView,
  SuspenseItemList,
  SuspenseItemView,
  SuspenseQueryDto,
} from './suspense.dto.js';

/** What stands in suspense, as SQL gives it; the source is <provider>/<day>/<model>. */
interface SuspenseRow {
  readonly source: string;
  readonly amount: string;
  readonly since: Date;
}

interface Accepted {
  readonly state: 'accepted' | 'changed' | 'nothing';
  readonly id?: string;
  readonly standing: string;
}

/** Differences between bills and books: which are open, and that a person accepts one. */
@Injectable()
export class SuspenseService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list({ provider_id: provider, cursor, limit }: SuspenseQueryDto): Promise<SuspenseItemList> {
    const [after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 1);
    const prefix = provider === undefined ? '' : `${provider}/`;
    return this.database.everywhere(async (transaction) => {
      const rows = await transaction.$queryRaw<SuspenseRow[]>`
        SELECT source, trim_scale(amount)::text AS amount, since FROM suspense_items()
        WHERE source COLLATE "C" > ${after} AND starts_with(source, ${prefix})
        ORDER BY source COLLATE "C" LIMIT ${limit + 1}`;
      return toList(rows, limit, itemView, ({ source }) => encodeCursor([source]));
    });
  }

  /**
   * Posts all that stands in suspense of a provider, a day and a model to the provider's cost, with a reason.
   * @throws GatewayError invalid_parameter (Idempotency-Key), resource_not_found where nothing stands there,
   *   resource_conflict (amount) where it is another amount
   */
  async accept(
    request: AdminRequest,
    body: SuspenseAcceptanceDto,
  ): Promise<SuspenseAcceptanceView> {
    requireIdempotencyKey(request);
    const { provider_id: provider, day, model = '', reason } = body;
    const amount = formatUsd(parseUsd(body.amount));
    return this.changes.run(request, null, async ({ transaction, record }) => {
      const rows = await transaction.$queryRaw<{ accepted: Accepted }[]>`
        SELECT accept_suspense(${provider}, ${day}, ${model}, ${amount}::numeric, ${reason}) AS accepted`;
      const id = idOf(rows[0]?.accepted);
      const object = 'suspense_acceptance' as const;
      const view = { object, id, provider_id: provider, day, model, amount, reason };
      record({
        action: 'suspense.accept',
        targetKind: 'provider',
        targetId: provider,
        after: view,
      });
      return view;
    });
  }
}

function idOf(accepted: Accepted | undefined): string {
  if (accepted?.id !== undefined) return accepted.id;
  if (accepted?.state === 'changed') {
    throw new GatewayError('resource_conflict', {
      param: 'amount',
      message: `${accepted.standing} USD stand there. Look at it again.`,
      shouldRetry: false,
    });
  }
  throw new GatewayError('resource_not_found', { message: 'Nothing is open there.' });
}

function itemView({ source, amount, since }: SuspenseRow): SuspenseItemView {
  const [provider = '', day = '', ...model] = source.split('/');
  return {
    object: 'suspense_item',
    id: source,
    provider_id: provider,
    day,
    model: model.join('/'),
    amount,
    since: since.toISOString(),
  };
}
