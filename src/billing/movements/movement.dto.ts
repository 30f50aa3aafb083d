import { Matches } from 'class-validator';
import { IsId } from '../../platform/validation/id.validator.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';
import { IsUsd } from '../../platform/validation/usd.validator.js';

const LONGEST_NOTE = 500;
/** No spaces: an id that differs by one alone would be credited again. */
const EXTERNAL_ID = /^[\x21-\x7e]{1,200}$/;

/** Money that an organization has paid. */
export class TopUpDto {
  @IsUsd('positive')
  amount: string;

  /** Of the payment, as the bank or payment provider names it; each is credited once. */
  @MayBeAbsent()
  @Matches(EXTERNAL_ID, {
    message: 'external_id must be 1 to 200 printable ASCII characters without spaces',
  })
  external_id?: string;

  @MayBeAbsent()
  @IsPlainText(LONGEST_NOTE)
  note?: string;
}

/** Credit that is given away. */
export class PromotionDto {
  @IsUsd('positive')
  amount: string;

  @MayBeAbsent()
  @IsPlainText(LONGEST_NOTE)
  note?: string;
}

/** A correction: credit that is given, or with a minus taken away. */
export class AdjustmentDto {
  @IsUsd('not_zero')
  amount: string;

  @IsPlainText(LONGEST_NOTE)
  reason: string;
}

/** Money that goes back: for a call into the wallet, of a top-up out of it. Name one of the two. */
export class RefundDto {
  /** The call that credit is given back for. */
  @MayBeAbsent()
  @IsId('call')
  call_id?: string;

  /** The top-up that was paid back. */
  @MayBeAbsent()
  @IsId()
  transaction_id?: string;

  /** No more than was charged or paid, less what went back before. */
  @IsUsd('positive')
  amount: string;

  @IsPlainText(LONGEST_NOTE)
  reason: string;
}
