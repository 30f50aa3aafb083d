import { IsOptional } from 'class-validator';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { IsId } from '../../platform/validation/id.validator.js';

/** Filters and page of the list of alerts. */
export class BudgetAlertQueryDto extends PageQueryDto {
  @IsOptional()
  @IsId('budget')
  budget_id?: string;
}

/** That a budget was used to a part of it within a period; said once. Amounts are decimal USD. */
export class BudgetAlertView {
  object: 'budget_alert';
  id: string;
  organization_id: string;
  budget_id: string;
  /** Percent of the budget. */
  threshold: number;
  /** Of the budget at that time. */
  amount: string;
  spent: string;
  /** When the period began; null of a total. */
  period_start: string | null;
  created_at: string;
}

export class BudgetAlertList extends ListView {
  data: BudgetAlertView[];
}
