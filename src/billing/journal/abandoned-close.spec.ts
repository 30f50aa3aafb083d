import { describe, expect, it } from '@jest/globals';
import { chargeOf, openOf } from '../../../test/support/journal.js';
import type { HoldEntry } from '../quota/quota.js';
import { abandonedClose } from './abandoned-close.js';

const holds: HoldEntry[] = [
  ['wallet', 0, '1', 'credit'],
  ['budget', 3_600, '1', 'budget'],
  ['rate', 60, '1', 'requests_per_minute'],
  ['tokens', 60, '100', 'tokens_per_minute'],
  ['slots', 0, '1', 'concurrency'],
];
const quotasOf = (more = {}, progress?: ReturnType<typeof chargeOf>) =>
  abandonedClose(openOf('c', { holds, ...more }), progress && { charge: progress }, 0).quotas;

describe('a call that its process left open', () => {
  it('takes what was delivered, and keeps the rest of its hold in dollars', () => {
    const units = { promptTokens: 20, completionTokens: 7 };
    expect(quotasOf({}, chargeOf('0.25', { units }))).toEqual([
      ['wallet', 0, '1', '0.25', '0.25', '0.75'],
      ['budget', 3_600, '1', '0.25', '0.25', '0.75'],
      ['rate', 60, '1', '1', '1', '0'],
      ['tokens', 60, '100', '27', '27', '0'],
      ['slots', 0, '1', '0', '0', '0'],
    ]);
  });

  it('costs nothing where nothing was delivered, but may have been asked', () => {
    expect(quotasOf()).toEqual([
      ['wallet', 0, '1', '0', '0', '1'],
      ['budget', 3_600, '1', '0', '0', '1'],
      ['rate', 60, '1', '1', '1', '0'],
      ['tokens', 60, '100', '0', '0', '0'],
      ['slots', 0, '1', '0', '0', '0'],
    ]);
  });

  it('takes no more than its hold, whatever it cost', () => {
    const [wallet] = quotasOf({}, chargeOf('3'));
    expect(wallet).toEqual(['wallet', 0, '1', '1', '3', '0']);
  });

  it('has cost what its earlier attempts did', () => {
    const attemptCosts = [{ provider: 'openai', model: 'm', cost: '0.1' }];
    expect(abandonedClose(openOf('c', { attemptCosts }), undefined, 0)).toMatchObject({
      attemptCosts,
    });
  });

  it('can be asked for at the provider, as far as its answer had a name', () => {
    const open = openOf('c', { credential: 'crd_1' });
    const progress = { charge: chargeOf('0.25'), upstreamId: 'gen-1' };
    expect(abandonedClose(open, progress, 0)).toMatchObject({
      credential: 'crd_1',
      upstreamId: 'gen-1',
    });
    expect(abandonedClose(openOf('c'), undefined, 0)).not.toHaveProperty('credential');
  });

  it('with own credentials costs budgets alone, and says so though nothing was delivered', () => {
    const [wallet, budget] = quotasOf({}, chargeOf('0.25', { charged: false }));
    expect(wallet).toEqual(['wallet', 0, '1', '0', '0', '1']);
    expect(budget).toEqual(['budget', 3_600, '1', '0.25', '0.25', '0.75']);
    const close = abandonedClose(openOf('c', { charged: false }), undefined, 0);
    expect(close.charge.charged).toBe(false);
  });
});
