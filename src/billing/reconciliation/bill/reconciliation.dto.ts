import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { MayBeAbsent } from '../../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../../platform/validation/plain-text.validator.js';
import { IsUsd } from '../../../platform/validation/usd.validator.js';

const LONGEST_CSV = 1_000_000;
const MOST_LINES = 10_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A line of a bill. */
export class BillLineDto {
  /** UTC, such as 2026-01-31. */
  @Matches(DAY, { message: 'day must be a day such as 2026-01-31' })
  day: string;

  /** As the provider names it. */
  @IsPlainText(200)
  model: string;

  /** Decimal USD; what the provider credits is negative. */
  @IsUsd('any')
  amount: string;
}

/** A provider's bill, complete for the days that it names: as lines, or as CSV. */
export class ReconciliationDto {
  @IsPlainText(100)
  provider_id: string;

  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => BillLineDto)
  lines?: BillLineDto[];

  /** Text of the columns day, model and amount; its last line is `total,,<sum of the amounts>`. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(LONGEST_CSV)
  csv?: string;
}

/** What a bill and the books say of a day and a model. Amounts are decimal USD. */
export class BillDifferenceView {
  day: string;
  /** Empty: what is for no model. */
  model: string;
  billed: string;
  booked: string;
  difference: string;
  /** What was newly posted of it, between suspense and what is owed to the provider. */
  posted: string;
}

/** A comparison of a provider's bill with the books. */
export class ReconciliationView {
  object: 'reconciliation';
  id: string;
  provider_id: string;
  billed: string;
  booked: string;
  posted: string;
  /** False: the bill said nothing new. */
  is_new: boolean;
  is_alarming: boolean;
  differences: BillDifferenceView[];
}
