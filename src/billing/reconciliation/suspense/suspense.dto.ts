import { Matches } from 'class-validator';
import { ListView } from '../../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../../platform/pagination/page-query.dto.js';
import { MayBeAbsent } from '../../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../../platform/validation/plain-text.validator.js';
import { IsUsd } from '../../../platform/validation/usd.validator.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LONGEST_REASON = 500;

/** Filters and page of the list of open differences. */
export class SuspenseQueryDto extends PageQueryDto {
  @MayBeAbsent()
  @IsPlainText(100)
  provider_id?: string;
}

/** What bills of a provider differ by from the books, for a day and a model, and nobody has accepted yet. */
export class SuspenseItemView {
  object: 'suspense_item';
  id: string;
  provider_id: string;
  day: string;
  /** Empty: what is for no model. */
  model: string;
  /** Decimal USD; positive where more was billed than booked. */
  amount: string;
  /** When the first of it was posted. */
  since: string;
}

export class SuspenseItemList extends ListView {
  data: SuspenseItemView[];
}

/** A difference that is accepted as the provider's cost. */
export class SuspenseAcceptanceDto {
  @IsPlainText(100)
  provider_id: string;

  @Matches(DAY, { message: 'day must be a day such as 2026-01-31' })
  day: string;

  /** Absent: what is for no model. */
  @MayBeAbsent()
  @IsPlainText(200)
  model?: string;

  /** All that stands there, as the list shows it. */
  @IsUsd('not_zero')
  amount: string;

  @IsPlainText(LONGEST_REASON)
  reason: string;
}

/** A difference that was accepted. */
export class SuspenseAcceptanceView {
  object: 'suspense_acceptance';
  /** Of the ledger transaction. */
  id: string;
  provider_id: string;
  day: string;
  model: string;
  amount: string;
  reason: string;
}
