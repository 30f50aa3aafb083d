import { RULE_EFFECTS, RULE_KINDS, RULE_SCOPES } from '../../core/rules/rule.js';
import type { Rule } from '../../generated/prisma/client.js';
import type { RuleSubjectDto, RuleView } from './rule.dto.js';

/** A rule as the API shows it. */
export function ruleView(row: Rule): RuleView {
  return {
    object: 'rule',
    id: row.id,
    organization_id: row.organizationId,
    scope: oneOf(RULE_SCOPES, row.scope),
    scope_id: row.scopeId,
    effect: oneOf(RULE_EFFECTS, row.effect),
    kind: oneOf(RULE_KINDS, row.kind),
    subject: row.subject as RuleSubjectDto,
    note: row.note,
    created_at: row.createdAt.toISOString(),
    version: row.version,
  };
}

/** @throws Error for a row that this version of the gateway did not write */
function oneOf<const Name extends string>(names: readonly Name[], text: string): Name {
  const name = names.find((known) => known === text);
  if (name === undefined) throw new Error(`a rule with ${text}, which is none of ${names.join()}`);
  return name;
}
