/** What one kind of movement, and of usage one model, changed in the wallet within the month. */
export class StatementLine {
  /** As of wallet transactions: usage, top_up, promotion, refund, top_up_refund or adjustment. */
  kind: string;
  /** Of usage; null where no model was called. */
  model: string | null;
  /** Calls, or transactions. */
  count: number;
  /** What it added to the wallet, decimal USD; below zero what it took. */
  amount: string;
}

/** What each kind changed, decimal USD. */
export class StatementTotals {
  usage: string;
  top_up: string;
  promotion: string;
  refund: string;
  top_up_refund: string;
  adjustment: string;
}

/** A month of a wallet, by UTC. Its opening balance and its lines add up to its closing balance, exactly. */
export class StatementView {
  object: 'statement';
  id: string;
  organization_id: string;
  /** Such as 2026-01. */
  month: string;
  since: string;
  until: string;
  /** Whether the month is over. Better figures for its calls may still come: they count when the call was. */
  is_over: boolean;
  currency: 'USD';
  opening_balance: string;
  lines: StatementLine[];

  totals: StatementTotals;
  /** The opening balance of the next month. */
  closing_balance: string;
}
