import { IsUsd } from '../../platform/validation/usd.validator.js';

/** What may be changed of a wallet. */
export class UpdateWalletDto {
  /** How far it may be overdrawn, decimal USD. */
  @IsUsd('not_negative')
  credit_limit: string;
}

/** The wallet of an organization; amounts are decimal USD. */
export class WalletView {
  object: 'wallet';
  id: string;
  organization_id: string;
  /** The sum of its transactions; below zero where it is overdrawn. */
  balance: string;
  credit_limit: string;
  /** Set aside for calls that run, and in the hands of gateway processes for the next ones. */
  leased: string;
  /** What is left for calls that nothing is set aside for: balance + credit_limit − leased, 0 where that is negative. */
  spendable: string;
  /** Counts changes of credit_limit. */
  version: number;
}
