import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { accounts } from '../ledger/accounts.js';
import { RequestDatabaseService } from '../requests/request-database.service.js';
import { toCsv } from './csv.js';
import {
  monthOf,
  STATEMENT_COLUMNS,
  statementOf,
  statementRows,
  type Month,
  type WalletChange,
} from './statement.js';
import type { StatementView } from './statement.dto.js';

/** Monthly statements of wallets. */
@Injectable()
export class StatementsService {
  constructor(private readonly database: RequestDatabaseService) {}

  /** The statement of a month (`2026-01`, UTC). @throws GatewayError invalid_parameter (month), overloaded */
  async statement(organizationId: string, name: string): Promise<StatementView> {
    const now = new Date();
    const month = monthOf(name, now);
    return statementOf(organizationId, month, await this.changes(organizationId, month), now);
  }

  /** The same as CSV. */
  async csv(organizationId: string, name: string): Promise<Readable> {
    return toCsv(STATEMENT_COLUMNS, statementRows(await this.statement(organizationId, name)));
  }

  /**
   * What changed the wallet before and in the month: usage out of the hourly totals, which are equal to the ledger and
   * far fewer than calls, all else out of the ledger itself. One statement, so that both are of the same moment.
   */
  private changes(organizationId: string, { since, until }: Month): Promise<WalletChange[]> {
    const wallet = accounts.wallet(organizationId);
    return this.database.read(
      organizationId,
      (transaction) => transaction.$queryRaw<WalletChange[]>`
        SELECT kind, model COLLATE "C" AS model, count, trim_scale(amount)::text AS amount, is_before
        FROM (
          SELECT 'usage' AS kind, model_id AS model, sum(requests)::bigint AS count, -sum(amount) AS amount,
            hour < ${since} AS is_before
          FROM usage_hourly WHERE organization_id = ${organizationId} AND hour < ${until}
          GROUP BY model_id, is_before HAVING sum(amount) <> 0
          UNION ALL
          SELECT kind, '', count(*), sum(amount), occurred_at < ${since} AS is_before
          FROM ledger_transaction JOIN posting ON transaction_id = id
          WHERE organization_id = ${organizationId} AND kind <> 'usage' AND occurred_at < ${until}
            AND account = ${wallet}
          GROUP BY kind, is_before) AS change
        ORDER BY kind <> 'usage', kind, 2`,
    );
  }
}
