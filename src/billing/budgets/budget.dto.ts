import { IsIn, IsISO8601, IsOptional, Matches, MaxLength } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { IsId } from '../../platform/validation/id.validator.js';
import { MayBeAbsent } from '../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';
import { IsUsd } from '../../platform/validation/usd.validator.js';

export const BUDGET_SCOPES = ['organization', 'project', 'member', 'api_key', 'tag'] as const;
export const BUDGET_PERIODS = ['day', 'week', 'month', 'total'] as const;
export const ENFORCEMENTS = ['hard', 'warning'] as const;

export type BudgetScope = (typeof BUDGET_SCOPES)[number];
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];
export type Enforcement = (typeof ENFORCEMENTS)[number];

/** As long as the tags that a call carries. */
const LONGEST_TAG = 256;
const LONGEST_ZONE = 64;
/** What follows X-Osm-Tag- in the name of a header. */
const TAG_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const TAG_NAME_WORDS = 'tag_name must be what follows X-Osm-Tag- in the name of a header';

/** A new budget. It counts what is spent from now on. */
export class CreateBudgetDto {
  @IsIn(BUDGET_SCOPES)
  scope: BudgetScope;

  /** Id of the project, member or key; of an organization it may be left out. */
  @MayBeAbsent()
  @IsId()
  scope_id?: string;

  /** Scope tag: the calls that carry X-Osm-Tag-<name>. */
  @MayBeAbsent()
  @MaxLength(LONGEST_TAG)
  @Matches(TAG_NAME, { message: TAG_NAME_WORDS })
  tag_name?: string;

  /** Scope tag: only those with this value; without it all of the name, together. */
  @MayBeAbsent()
  @IsPlainText(LONGEST_TAG)
  tag_value?: string;

  @IsIn(BUDGET_PERIODS)
  period: BudgetPeriod;

  /** Decimal USD; 0 refuses everything that costs anything. */
  @IsUsd('not_negative')
  amount: string;

  /** hard (unless it is said otherwise): refuses calls | warning: only counts */
  @MayBeAbsent()
  @IsIn(ENFORCEMENTS)
  enforcement?: Enforcement;

  /** IANA name, UTC unless it is said otherwise: whose days, weeks from Monday, and months are meant. */
  @MayBeAbsent()
  @IsPlainText(LONGEST_ZONE)
  time_zone?: string;

  /** A moment at which a period begins, in place of midnight, Monday and the first of the month. */
  @MayBeAbsent()
  @IsISO8601({ strict: true })
  anchor?: string;
}

/** What may be changed of a budget. With another period, time zone or anchor it goes on counting in the new windows. */
export class UpdateBudgetDto {
  @MayBeAbsent()
  @IsIn(BUDGET_PERIODS)
  period?: BudgetPeriod;

  /** May be below what is spent; then everything is refused. */
  @MayBeAbsent()
  @IsUsd('not_negative')
  amount?: string;

  @MayBeAbsent()
  @IsIn(ENFORCEMENTS)
  enforcement?: Enforcement;

  @MayBeAbsent()
  @IsPlainText(LONGEST_ZONE)
  time_zone?: string;

  /** Null: calendar periods again. */
  @IsOptional()
  @IsISO8601({ strict: true })
  anchor?: string | null;
}

/** Filters and page of the list of budgets. */
export class BudgetQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(BUDGET_SCOPES)
  scope?: BudgetScope;

  @IsOptional()
  @IsId()
  scope_id?: string;
}

/** A budget; amounts are decimal USD. */
export class BudgetView {
  object: 'budget';
  id: string;
  organization_id: string;
  scope: BudgetScope;
  /** Null of a tag. */
  scope_id: string | null;
  tag_name: string | null;
  /** Null: every value. */
  tag_value: string | null;
  period: BudgetPeriod;
  amount: string;
  enforcement: Enforcement;
  time_zone: string;
  anchor: string | null;
  /** In this period, by calls that are posted. */
  spent: string;
  /** In the hands of gateway processes, for calls that run and the next ones. */
  leased: string;
  /** amount − spent, 0 where that is negative. */
  left: string;
  /** When this period ends; null of a total. */
  resets_at: string | null;
  created_at: string;
  /** Counts changes. */
  version: number;
}

export class BudgetList extends ListView {
  data: BudgetView[];
}
