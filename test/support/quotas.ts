import type { FencedAnswer, LeaseAnswer } from '../../src/billing/quota/quota.js';
import { everyOrganization } from '../../src/platform/gateway-connection.js';
import { connect, type Rows } from './tenant.js';

export type Amounts = readonly (readonly [quota: string, amount: string])[];

/** A connection as the gateway's: with its role, and all organizations in view. */
export function connectAsGateway(url: string): Rows {
  return connect(everyOrganization(url));
}

export interface QuotaOptions {
  readonly organization: string;
  readonly cap: string;
  readonly kind?: string;
  readonly window?: string;
  readonly enforcement?: string;
  readonly scope?: string;
  readonly scopeId?: string;
  readonly creditLimit?: string;
  readonly timeZone?: string;
  readonly tag?: readonly [name: string, value: string | null];
}

/** Makes a limit; a budget over all time unless it is said otherwise. */
export async function makeQuota(rows: Rows, id: string, options: QuotaOptions): Promise<void> {
  const { organization, cap, kind = 'budget', scope = 'organization' } = options;
  await rows.query(
    `INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, "window", enforcement, credit_limit, time_zone,
       tag_name, tag_value) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      organization,
      scope,
      options.scopeId ?? organization,
      kind,
      cap,
      options.window ?? 'total',
      options.enforcement ?? 'hard',
      options.creditLimit ?? '0',
      options.timeZone ?? 'UTC',
      options.tag?.[0] ?? null,
      options.tag?.[1] ?? null,
    ],
  );
}

/** Makes a wallet of this many decimal USD out of nothing but a ledger transaction. */
export async function makeWallet(rows: Rows, organization: string, usd: string): Promise<string> {
  const lines = [
    { account: `wallet:${organization}`, amount: usd },
    { account: 'promotion', amount: `-${usd}` },
  ];
  await rows.query(
    `SELECT commit_transaction('lt_promotion_' || $1, 'promotion', $1, 1, $1, now(), $2::jsonb)`,
    [organization, JSON.stringify(lines)],
  );
  return `credit:${organization}`;
}

export interface QuotaRow {
  readonly cap: string;
  readonly spent: string;
  readonly leased: string;
  readonly period: number;
}

/** A limit as it stands; amounts without trailing zeros. */
export async function quotaOf(rows: Rows, id: string): Promise<QuotaRow> {
  const [row] = await rows.query(
    `SELECT trim_scale(cap)::text AS cap, trim_scale(spent)::text AS spent, trim_scale(leased)::text AS leased,
       period::int AS period FROM quota WHERE id = $1`,
    [id],
  );
  if (!row) throw new Error(`there is no quota ${id}`);
  return row as unknown as QuotaRow;
}

/** What a lease operation asks for. */
export interface Operation {
  readonly returns?: readonly (readonly [quota: string, period: number, amount: string])[];
  readonly needs?: readonly Amounts[];
  readonly wants?: readonly (readonly [quota: string, extra: string, least: string])[];
  readonly recall?: boolean;
  /** Another number than the next. */
  readonly operation?: number;
}

/** A process that leases, without any process behind it. */
export class TestProcess {
  private operation = 0;

  private constructor(
    private readonly rows: Rows,
    readonly id: string,
  ) {}

  static async register(
    rows: Rows,
    id: string,
    { machine = 'machine/boot', ttlMs = 60_000 } = {},
  ): Promise<TestProcess> {
    await rows.query('SELECT register_process($1, $2, $3)', [id, machine, ttlMs]);
    return new TestProcess(rows, id);
  }

  async operate(asked: Operation, ttlMs = 60_000): Promise<LeaseAnswer & Partial<FencedAnswer>> {
    this.operation = asked.operation ?? this.operation + 1;
    const [row] = await this.rows.query(
      'SELECT lease_operation($1, $2, $3, $4::jsonb, $5::jsonb, $6::jsonb, $7) AS answer',
      [
        this.id,
        this.operation,
        ttlMs,
        JSON.stringify(asked.returns ?? []),
        JSON.stringify(asked.needs ?? []),
        JSON.stringify(asked.wants ?? []),
        asked.recall ?? false,
      ],
    );
    return row?.['answer'] as LeaseAnswer & Partial<FencedAnswer>;
  }

  /** Leases all of these, or fails. */
  async lease(amounts: Amounts): Promise<void> {
    const { granted } = await this.operate({ needs: [amounts] });
    if (granted.length !== 1) throw new Error('not granted');
  }

  async state(): Promise<unknown> {
    const [row] = await this.rows.query('SELECT state FROM process WHERE id = $1', [this.id]);
    return row?.['state'];
  }

  /** What it holds: [quota, amount], by quota. */
  async leases(): Promise<unknown[][]> {
    const found = await this.rows.query(
      `SELECT quota_id, trim_scale(granted)::text AS granted FROM lease WHERE process_id = $1 AND granted <> 0
       ORDER BY quota_id`,
      [this.id],
    );
    return found.map((row) => [row['quota_id'], row['granted']]);
  }
}

/** What does not hold that must hold at any time, as lines; none of sound books. */
export async function faultsOf(rows: Rows): Promise<string[]> {
  const found = await rows.query(`
    SELECT 'leased of ' || id AS fault FROM quota WHERE leased <>
      (SELECT coalesce(sum(granted), 0) FROM lease WHERE quota_id = quota.id) +
      (SELECT coalesce(sum(amount), 0) FROM pending_hold WHERE quota_id = quota.id)
    UNION ALL SELECT 'wallet ' || id FROM quota WHERE kind = 'credit' AND cap - spent <>
      (SELECT coalesce(sum(amount), 0) FROM posting WHERE account = 'wallet:' || organization_id)
    UNION ALL SELECT 'unbalanced ' || t.id FROM ledger_transaction t LEFT JOIN posting ON transaction_id = t.id
      GROUP BY t.id HAVING coalesce(sum(amount), 1) <> 0 OR count(*) < 2
    UNION ALL SELECT 'charge of ' || call_id FROM (
        SELECT DISTINCT ON (call_id) call_id, organization_id, CASE WHEN charged THEN amount ELSE 0 END AS amount,
          provider_cost FROM usage_event ORDER BY call_id, revision DESC) AS newest
      WHERE amount <> -(SELECT coalesce(sum(p.amount), 0) FROM posting p JOIN ledger_transaction t ON t.id = transaction_id
          WHERE kind = 'usage' AND source = newest.call_id AND account = 'wallet:' || organization_id)
        OR provider_cost <> (SELECT coalesce(sum(p.amount), 0) FROM posting p JOIN ledger_transaction t
          ON t.id = transaction_id WHERE kind = 'usage' AND source = newest.call_id AND account LIKE 'provider_cost:%')
    UNION ALL SELECT 'rollups of ' || o.id FROM organization o WHERE
      (SELECT coalesce(sum(amount), 0) FROM usage_hourly WHERE organization_id = o.id) <>
      -(SELECT coalesce(sum(p.amount), 0) FROM posting p JOIN ledger_transaction t ON t.id = transaction_id
        WHERE kind = 'usage' AND account = 'wallet:' || o.id)`);
  return found.map(({ fault }) => String(fault));
}
