import { invalidParameter } from '../../core/errors.js';
import { formatUsd, parseUsd, type PicoUsd } from '../../core/money.js';
import { Amount, type Cell } from './csv.js';
import type { StatementLine, StatementTotals, StatementView } from './statement.dto.js';

const MONTH = /^(2\d{3})-(0[1-9]|1[0-2])$/;
const KINDS = ['usage', 'top_up', 'promotion', 'refund', 'top_up_refund', 'adjustment'] as const;

/** A calendar month, UTC: from `since` on, and before `until`. */
export interface Month {
  readonly name: string;
  readonly since: Date;
  readonly until: Date;
}

/** What changed a wallet, added up. */
export interface WalletChange {
  readonly kind: string;
  /** Of usage; empty where no model was called. */
  readonly model: string;
  readonly count: bigint;
  /** Decimal USD, positive where the wallet got it. */
  readonly amount: string;
  /** Whether it was before the month; else it is of the month. */
  readonly is_before: boolean;
}

/**
 * The month that a path names (`2026-01`); one that has not begun at `now` has no statement.
 * @throws GatewayError invalid_parameter (month)
 */
export function monthOf(name: string, now: Date): Month {
  const [, year, number] = MONTH.exec(name) ?? [];
  if (year === undefined || number === undefined)
    throw invalidParameter('month', 'month must be a month such as 2026-01.');
  const since = new Date(Date.UTC(Number(year), Number(number) - 1));
  if (since > now) throw invalidParameter('month', 'month has not begun yet.');
  return { name, since, until: new Date(Date.UTC(Number(year), Number(number))) };
}

/** The statement of a month out of all that ever changed the wallet until its end. */
export function statementOf(
  organizationId: string,
  month: Month,
  changes: readonly WalletChange[],
  now: Date,
): StatementView {
  const ofMonth = changes.filter((change) => !change.is_before);
  const opening = sumOf(changes.filter((change) => change.is_before));
  return {
    object: 'statement',
    id: `${organizationId}_${month.name}`,
    organization_id: organizationId,
    month: month.name,
    since: month.since.toISOString(),
    until: month.until.toISOString(),
    is_over: month.until <= now,
    currency: 'USD',
    opening_balance: formatUsd(opening),
    lines: ofMonth.map(lineOf),
    totals: totalsOf(ofMonth),
    closing_balance: formatUsd(opening + sumOf(ofMonth)),
  };
}

/** The names of the columns of a statement as CSV. */
export const STATEMENT_COLUMNS = ['line', 'model', 'count', 'amount'] as const;

/** A statement as lines of CSV: the balances are its first and its last. */
export function statementRows(statement: StatementView): Cell[][] {
  return [
    ['opening_balance', null, null, new Amount(statement.opening_balance)],
    ...statement.lines.map(({ kind, model, count, amount }) => [
      kind,
      model,
      count,
      new Amount(amount),
    ]),
    ['closing_balance', null, null, new Amount(statement.closing_balance)],
  ];
}

function lineOf({ kind, model, count, amount }: WalletChange): StatementLine {
  return { kind, model: model === '' ? null : model, count: Number(count), amount };
}

function totalsOf(changes: readonly WalletChange[]): StatementTotals {
  const totals = KINDS.map((kind) => [
    kind,
    formatUsd(sumOf(changes.filter((change) => change.kind === kind))),
  ]);
  return Object.fromEntries(totals) as StatementTotals;
}

function sumOf(changes: readonly WalletChange[]): PicoUsd {
  return changes.reduce((sum, { amount }) => sum + parseUsd(amount), 0n);
}
