import { compileRules, type RuleSet } from '../../src/core/rules/rule-set.js';
import type { StoredRule } from '../../src/core/rules/rule.js';

let made = 0;

/** A rule of an organization; what a test does not say is made up. */
export function makeRule(
  effect: string,
  kind: string,
  subject: unknown,
  more: Partial<StoredRule> = {},
): StoredRule {
  const id = `rul_${String(++made).padStart(6, '0')}`;
  return { id, scope: 'organization', scopeId: 'org_1', effect, kind, subject, ...more };
}

/** The rules of a key whose organization denies these models. */
export function denyModels(...models: string[]): RuleSet {
  return compileRules([makeRule('deny', 'model', { models })]);
}

/** The rules of a key whose organization denies these providers. */
export function denyProviders(...providers: string[]): RuleSet {
  return compileRules([makeRule('deny', 'provider', { providers })]);
}
