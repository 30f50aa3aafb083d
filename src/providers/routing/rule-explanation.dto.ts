import { IsOptional } from 'class-validator';
import type { RuleScope } from '../../core/rules/rule.js';
import { IsId } from '../../platform/validation/id.validator.js';
import { IsPlainText } from '../../platform/validation/plain-text.validator.js';

const LONGEST_MODEL = 256;
const LONGEST_ADDRESS = 64;

/** What is to be explained: a model, asked for by one of key, project and member. */
export class ExplainRulesDto {
  @IsOptional()
  @IsId('apiKey')
  key_id?: string;

  /** What holds for every key of the project. */
  @IsOptional()
  @IsId('project')
  project_id?: string;

  /** What holds for every key of the member. */
  @IsOptional()
  @IsId('member')
  member_id?: string;

  /** As a client names it: an id, an alias, `provider/model` or `auto`. */
  @IsPlainText(LONGEST_MODEL)
  model: string;

  /** The client's IP address; without it the rules about addresses are left out. */
  @IsOptional()
  @IsPlainText(LONGEST_ADDRESS)
  address?: string;
}

/** The same outside the path of an organization. */
export class ExplainRulesOfDto extends ExplainRulesDto {
  @IsId('organization')
  organization_id: string;
}

/** Whose rules refuse. */
export class RuleLevelView {
  scope: RuleScope;
  scope_id: string;
}

/** Whether the rules let something through, and if not, which one refuses it. */
export class RuleVerdictView {
  allowed: boolean;
  /** The code of the refusal. */
  code: string | null;
  level: RuleLevelView | null;
  /** The rule that denies; the first of those that allow, where none of them holds. */
  rule_id: string | null;
  reason: string | null;
}

export class AddressVerdictView extends RuleVerdictView {
  address: string;
}

export class OfferVerdictView extends RuleVerdictView {
  object: 'offer';
  id: string;
  provider: string;
  model: string;
}

/** What a call would be answered instead of a completion. */
export class CallErrorView {
  status: number;
  code: string;
  message: string;
  param: string | null;
}

/** What rules and routing make of a model name. */
export class RuleExplanationView {
  object: 'rule_explanation';
  /** Of the key, project or member. */
  id: string;
  organization_id: string;
  model: string;
  /** Whether a small call would reach a provider, as far as rules and routing go. */
  allowed: boolean;
  /** Null: it would. */
  error: CallErrorView | null;
  /** Null: no address was given. */
  address: AddressVerdictView | null;
  /** Every offer that the name reaches. */
  offers: OfferVerdictView[];
}
