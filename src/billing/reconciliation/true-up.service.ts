import { Injectable } from '@nestjs/common';
import type { Rank } from '../../core/usage.js';
import { DatabaseService } from '../../platform/database.service.js';
import type { Charge } from '../journal/journal-record.js';

/** What is known better of a call than the figure that it has. Amounts are decimal USD. */
export interface BetterFigure {
  readonly rank: Extract<Rank, 'final' | 'provider_report' | 'manual'>;
  /** Where it comes from; noted beside the estimate. */
  readonly reason: string;
  /** Corrected usage with its price: moves what the tenant pays. */
  readonly usage?: Pick<Charge, 'units' | 'lines' | 'amount'>;
  /** What the provider asks of us. Alone it moves the provider's accounts only. */
  readonly providerCost?: string;
}

/** What became of a better figure: a lower rank never overwrites a higher one. */
export type TrueUp =
  | {
      readonly state: 'posted';
      readonly revision: number;
      readonly difference: string;
      readonly providerDifference: string;
    }
  | { readonly state: 'outranked'; readonly revision: number }
  | { readonly state: 'unknown' };

/** Replaces estimates by better figures, as new revisions with the difference. */
@Injectable()
export class TrueUpService {
  constructor(private readonly database: DatabaseService) {}

  /** Posts a better figure of a call; posting it again changes nothing. Frees what the call had left set aside. */
  async post(callId: string, { rank, reason, usage, providerCost }: BetterFigure): Promise<TrueUp> {
    const { rows } = await this.database.pool.query<{ result: TrueUp }>(
      'SELECT true_up($1, $2::jsonb) AS result',
      [callId, JSON.stringify({ rank, reason, ...usage, providerCost })],
    );
    return rows[0]?.result ?? { state: 'unknown' };
  }

  /**
   * No better figure will come: the estimate stands, and what the call had left set aside is free. True where it was
   * still open.
   */
  async settle(callId: string, reason: string): Promise<boolean> {
    const { rows } = await this.database.pool.query<{ settled: boolean }>(
      'SELECT settle_estimate($1, $2) AS settled',
      [callId, reason],
    );
    return rows[0]?.settled ?? false;
  }
}
