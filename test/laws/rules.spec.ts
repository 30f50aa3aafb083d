import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/core/rules/decide.js';
import { compileRules } from '../../src/core/rules/rule-set.js';
import type { StoredRule } from '../../src/core/rules/rule.js';
import {
  loose,
  matter,
  rights,
  stored,
  SUBJECTS,
  tree,
  type Loose,
} from '../support/rule-trees.js';

function expectWithin(narrow: readonly boolean[], wide: readonly boolean[]): void {
  expect(narrow.filter((allowed, at) => allowed && wide[at] !== true)).toEqual([]);
}

describe('the laws of rules', () => {
  it('a new key has no more rights than the key that made it', () => {
    fc.assert(
      fc.property(tree, (levels) => {
        expectWithin(rights(stored(levels)), rights(stored(levels.slice(0, -1))));
      }),
      { numRuns: 1_000 },
    );
  });

  it('rights are what every level lets through', () => {
    fc.assert(
      fc.property(tree, (levels) => {
        const alone = levels.map((_, depth) =>
          rights(stored(levels.map((rules, at) => (at === depth ? rules : [])))),
        );
        const all = SUBJECTS.map((_, at) => alone.every((allowed) => allowed[at]));
        expect(rights(stored(levels))).toEqual(all);
      }),
    );
  });

  it('what a level refuses no rule of another level brings back', () => {
    fc.assert(
      fc.property(tree, fc.nat(5), loose, (levels, at, added) => {
        const depth = at % levels.length;
        const alone = rights(stored(levels.map((rules, other) => (other === depth ? rules : []))));
        const more = levels.map((rules, other) => (other === depth ? rules : [...rules, added]));
        expectWithin(rights(stored(more)), alone);
      }),
    );
  });

  it('a deny takes away what it names, wherever it stands, and gives nothing', () => {
    fc.assert(
      fc.property(tree, fc.nat(5), matter, (levels, at, denied) => {
        const deny: Loose = ['deny', denied];
        const depth = at % levels.length;
        const more = levels.map((rules, other) => (other === depth ? [...rules, deny] : rules));
        const after = rights(stored(more));
        expectWithin(after, rights(stored(levels)));
        expectWithin(after, rights(stored([[deny]])));
      }),
    );
  });

  it('a further allow of a kind widens its level by what it names and no more', () => {
    fc.assert(
      fc.property(fc.array(matter, { minLength: 1, maxLength: 4 }), (named) => {
        const [{ kind } = { kind: '' }] = named;
        const allows = named.filter((one) => one.kind === kind).map((one): Loose => ['allow', one]);
        const each = allows.map((allow) => rights(stored([[allow]])));
        const union = SUBJECTS.map((_, at) => each.some((allowed) => allowed[at]));
        expect(rights(stored([allows]))).toEqual(union);
      }),
    );
  });

  it('the order of rules makes no difference, not even to the reason', () => {
    const shuffled = tree.chain((levels) => {
      const rules = stored(levels);
      return fc.tuple(
        fc.constant(rules),
        fc.shuffledSubarray(rules, { minLength: rules.length, maxLength: rules.length }),
      );
    });
    fc.assert(
      fc.property(shuffled, ([rules, other]) => {
        const decisionsOf = (given: readonly StoredRule[]): unknown[] => {
          const { levels } = compileRules(given);
          return SUBJECTS.map((subject) => decide(levels, subject));
        };
        expect(decisionsOf(other)).toEqual(decisionsOf(rules));
      }),
    );
  });

  it('the trees of these laws let through some and refuse some', () => {
    const trees = fc
      .sample(tree, { numRuns: 200, seed: 1 })
      .map((levels) => rights(stored(levels)));
    const share = trees.flat().filter(Boolean).length / trees.flat().length;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.98);
  });
});
