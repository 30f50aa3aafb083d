import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RetryBudget } from './retry-budget.js';

describe('the retry budget', () => {
  it('allows one repeat for ten calls, to each provider on its own', () => {
    const budget = new RetryBudget();
    for (let call = 1; call < 10; call++) budget.called('a');
    expect(budget.take('a')).toBe(false);
    budget.called('a');
    expect([budget.take('b'), budget.take('a'), budget.take('a')]).toEqual([false, true, false]);
  });

  it('saves ten repeats at most', () => {
    const budget = new RetryBudget();
    for (let call = 0; call < 10_000; call++) budget.called('a');
    let taken = 0;
    while (budget.take('a')) taken++;
    expect(taken).toBeLessThanOrEqual(10);
  });

  it('never lets more than a tenth of the calls be repeated, where all of them fail', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), (calls) => {
        const budget = new RetryBudget();
        let seen = 0;
        for (let call = 0; call < calls; call++) {
          budget.called('a');
          seen++;
          for (let attempt = 1; attempt < 3 && budget.take('a'); attempt++) {
            budget.called('a');
            seen++;
          }
        }
        expect(seen).toBeLessThanOrEqual(calls * 1.1);
      }),
    );
  });
});
