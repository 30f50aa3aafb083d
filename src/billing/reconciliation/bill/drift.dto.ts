import { Matches } from 'class-validator';
import { MayBeAbsent } from '../../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../../platform/validation/plain-text.validator.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Which days (UTC) and which provider the report is of. */
export class DriftQueryDto {
  @MayBeAbsent()
  @Matches(DAY, { message: 'from must be a day such as 2026-01-31' })
  from?: string;

  /** The last day. */
  @MayBeAbsent()
  @Matches(DAY, { message: 'to must be a day such as 2026-01-31' })
  to?: string;

  @MayBeAbsent()
  @IsPlainText(100)
  provider_id?: string;
}

/** How far a provider's bill is from the books, for a day and a model. Amounts are decimal USD. */
export class DriftRowView {
  provider_id: string;
  /** Empty: what is for no model. */
  model_id: string;
  day: string;
  billed: string;
  booked: string;
  /** Billed less booked. */
  drift: string;
}

/** Drift of the days that bills are there for, at most 10,000 rows. */
export class DriftView {
  object: 'drift_report';
  from: string;
  to: string;
  data: DriftRowView[];
}
