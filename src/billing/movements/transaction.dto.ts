import { IsIn, IsISO8601, IsOptional } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';

/** usage: a call, or the difference to a better figure of it | refund: of a call | top_up_refund: of a top-up */
export const TRANSACTION_KINDS = [
  'usage',
  'top_up',
  'promotion',
  'refund',
  'top_up_refund',
  'adjustment',
] as const;

export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** Filters and page of the list of a wallet's transactions. */
export class TransactionQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(TRANSACTION_KINDS)
  kind?: TransactionKind;

  /** Transactions of this moment or later. */
  @IsOptional()
  @IsISO8601({ strict: true })
  since?: string;

  /** Transactions before this moment. */
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}

/** A line of a transaction; the lines of one sum to zero. */
export class PostingView {
  account: string;
  /** Decimal USD; positive where value arrives. */
  amount: string;
}

/** A transaction of the ledger that moved a wallet. Members see the lines of what the platform pays its providers not. */
export class TransactionView {
  object: 'wallet_transaction';
  id: string;
  organization_id: string;
  kind: string;
  /** What it added to the wallet, decimal USD. */
  amount: string;
  /** The call that was charged, or that a refund is for. */
  call_id: string | null;
  /** Of a call's figure: each better one is a revision with the difference. */
  revision: number;
  external_id: string | null;
  /** The top-up that this gives back. */
  refunded_transaction_id: string | null;
  note: string | null;
  postings: PostingView[];
  occurred_at: string;
  recorded_at: string;
}

export class TransactionList extends ListView {
  data: TransactionView[];
}
