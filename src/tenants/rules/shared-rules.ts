import { hash } from 'node:crypto';
import { compileRules, NO_RULES, type RuleSet } from '../../core/rules/rule-set.js';
import type { StoredRule } from '../../core/rules/rule.js';

const CAPACITY = 10_000;

const known = new Map<string, WeakRef<RuleSet>>();

/**
 * Rules made ready to be asked. The same rules give the same object while somebody holds it: keys of one project share
 * it, and so does a key that is read again; with it they share what is remembered of its decisions.
 */
export function sharedRules(rules: readonly StoredRule[]): RuleSet {
  if (rules.length === 0) return NO_RULES;
  const name = hash('sha256', JSON.stringify([...rules].sort(byId)), 'hex');
  const shared = known.get(name)?.deref();
  if (shared) return shared;
  const oldest = known.keys().next();
  if (known.size >= CAPACITY && !oldest.done) known.delete(oldest.value);
  const made = compileRules(rules);
  known.set(name, new WeakRef(made));
  return made;
}

function byId(left: StoredRule, right: StoredRule): number {
  return left.id < right.id ? -1 : 1;
}
