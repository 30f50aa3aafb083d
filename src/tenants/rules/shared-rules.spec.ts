import { describe, expect, it } from '@jest/globals';
import { makeRule } from '../../../test/support/rules.js';
import { NO_RULES } from '../../core/rules/rule-set.js';
import { sharedRules } from './shared-rules.js';

describe('rules that are read', () => {
  const [first, second] = [
    makeRule('deny', 'model', { models: ['a'] }),
    makeRule('deny', 'model', { models: ['b'] }),
  ];

  it('are one object where they are the same, in whatever order', () => {
    const rules = sharedRules([first, second]);
    expect(sharedRules([{ ...second }, { ...first }])).toBe(rules);
    expect(sharedRules([])).toBe(NO_RULES);
  });

  it.each([
    ['one is missing', [first]],
    ['one is another', [first, { ...second, id: 'rul_z' }]],
    ['one holds for something else', [first, { ...second, subject: { models: ['c'] } }]],
    ['one has another effect', [first, { ...second, effect: 'allow' }]],
    ['one stands elsewhere', [first, { ...second, scopeId: 'org_2' }]],
  ])('are another where %s', (_what, others) => {
    expect(sharedRules(others)).not.toBe(sharedRules([first, second]));
  });
});
