import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import {
  RULE_EFFECTS,
  RULE_KINDS,
  RULE_SCOPES,
  type RuleEffect,
  type RuleKind,
  type RuleScope,
} from '../../core/rules/rule.js';
import { ListView } from '../../platform/pagination/list.dto.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { IsId } from '../../platform/validation/id.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST_LIST = 500;
const LONGEST_DECIMAL = 40;
const LONGEST_NOTE = 500;

/** What a rule holds for; which fields there are depends on its kind. */
export class RuleSubjectDto {
  /** Kind model: ids, aliases, `provider/model`; a star may stand at the end. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LONGEST_LIST)
  @IsString({ each: true })
  models?: string[];

  /** Kind provider: ids or other names of providers. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LONGEST_LIST)
  @IsString({ each: true })
  providers?: string[];

  /** Kind pricing. */
  @IsOptional()
  @IsIn(['free', 'paid'])
  is?: 'free' | 'paid';

  /** Kind price_ceiling: the highest list price in USD per million input tokens, as a decimal. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_DECIMAL)
  input?: string;

  /** Kind price_ceiling: the same of output tokens. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_DECIMAL)
  output?: string;

  /** Kind price_ceiling: the highest fee in USD per request. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_DECIMAL)
  request?: string;

  /** Kind ip: addresses and CIDR ranges. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LONGEST_LIST)
  @IsString({ each: true })
  ranges?: string[];
}

/** A new rule. */
export class CreateRuleDto {
  @IsIn(RULE_SCOPES)
  scope: RuleScope;

  /** Whose rule it is: the id of the organization, project, member or key. */
  @IsId()
  scope_id: string;

  /** Deny wins; where there are allows of a kind, one of them must hold. */
  @IsIn(RULE_EFFECTS)
  effect: RuleEffect;

  @IsIn(RULE_KINDS)
  kind: RuleKind;

  @IsObject()
  @ValidateNested()
  @Type(() => RuleSubjectDto)
  subject: RuleSubjectDto;

  /** For people. */
  @IsOptional()
  @IsPlainText(LONGEST_NOTE)
  note?: string | null;
}

/** What may be changed of a rule. */
export class UpdateRuleDto {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RuleSubjectDto)
  subject?: RuleSubjectDto;

  /** Null: none. */
  @IsOptional()
  @IsPlainText(LONGEST_NOTE)
  note?: string | null;
}

/** Filters and page of the list of rules. */
export class RuleQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(RULE_SCOPES)
  scope?: RuleScope;

  @IsOptional()
  @IsId()
  scope_id?: string;

  @IsOptional()
  @IsIn(RULE_KINDS)
  kind?: RuleKind;
}

/** A rule. */
export class RuleView {
  object: 'rule';
  id: string;
  organization_id: string;
  scope: RuleScope;
  scope_id: string;
  effect: RuleEffect;
  kind: RuleKind;
  subject: RuleSubjectDto;
  note: string | null;
  created_at: string;
  /** Counts changes. */
  version: number;
}

export class RuleList extends ListView {
  data: RuleView[];
}
