import { Injectable } from '@nestjs/common';
import { parseMultiplier, type Multiplier } from '../../core/money.js';
import type { PriceVersion } from '../../core/price.js';
import { DatabaseService } from '../../platform/database.service.js';
import { bookedPrice } from '../pricing/booked-price.adapter.js';

/** A call whose usage was estimated and that nobody has looked at yet. */
export interface OpenEstimate {
  readonly callId: string;
  readonly organizationId: string;
  /** Null of a call that no provider was asked for. */
  readonly providerId: string | null;
  /** With which key the provider can be asked about which answer, where it can. */
  readonly credentialId: string | null;
  readonly upstreamId: string | null;
  /** Undefined where it is gone. */
  readonly price: PriceVersion | undefined;
  readonly multiplier: Multiplier;
  /** Whether the platform's own credentials were used. */
  readonly charged: boolean;
  readonly serviceTier: string | undefined;
  /** Whether the gateway searched for it, which no report of the model's provider counts. */
  readonly isSearched: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Since it was booked, by the database's clock. */
  readonly ageMs: number;
}

interface EstimateRow {
  readonly organization_id: string;
  readonly provider_id: string | null;
  readonly credential_id: string | null;
  readonly upstream_id: string | null;
  readonly price_version_id: string | null;
  readonly plan_multiplier: string;
  readonly charged: boolean;
  readonly service_tier: string | null;
  readonly is_searched: boolean;
  readonly started_at: number;
  readonly age_ms: number;
}

/** Finds what must be known of an estimate to ask its provider for a better figure. */
@Injectable()
export class OpenEstimateService {
  constructor(private readonly database: DatabaseService) {}

  /** Undefined where the call has no estimate, or somebody has looked at it. */
  async find(callId: string): Promise<OpenEstimate | undefined> {
    const { rows } = await this.database.pool.query<EstimateRow>(
      `SELECT organization_id, provider_id, credential_id, upstream_id, price_version_id,
         trim_scale(plan_multiplier)::text AS plan_multiplier, charged, units->>'serviceTier' AS service_tier,
         units ? 'injectedSearches' AS is_searched,
         (extract(epoch FROM occurred_at) * 1000)::float8 AS started_at,
         (extract(epoch FROM clock_timestamp() - recorded_at) * 1000)::float8 AS age_ms
       FROM usage_event WHERE call_id = $1 AND rank = 'estimate' AND reconciled_at IS NULL LIMIT 1`,
      [callId],
    );
    const [row] = rows;
    if (!row) return undefined;
    const { price_version_id: priceId } = row;
    return {
      callId,
      organizationId: row.organization_id,
      providerId: row.provider_id,
      credentialId: row.credential_id,
      upstreamId: row.upstream_id,
      price: priceId === null ? undefined : await bookedPrice(this.database.pool, priceId),
      multiplier: parseMultiplier(row.plan_multiplier),
      charged: row.charged,
      serviceTier: row.service_tier ?? undefined,
      isSearched: row.is_searched,
      startedAt: row.started_at,
      ageMs: row.age_ms,
    };
  }
}
