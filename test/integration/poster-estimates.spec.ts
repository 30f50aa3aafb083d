import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { formatUsd } from '../../src/core/money.js';
import { chargeOf, closeOf } from '../support/journal.js';
import { faultsOf, makeQuota, makeWallet, quotaOf, TestProcess } from '../support/quotas.js';
import { makeTenant } from '../support/tenant.js';
import { PostedQuotas } from '../support/posted-quotas.js';

let stage: PostedQuotas;
beforeAll(async () => {
  stage = await PostedQuotas.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('an estimate', () => {
  it('keeps its hold under the call', async () => {
    await stage.process.lease([
      [stage.wallet, '2'],
      [stage.budget, '2'],
    ]);
    const estimate = { charge: chargeOf('0.25', { rank: 'estimate' as const }) };
    const result = await stage.post([
      stage.close('a', '0', stage.both('1', '0.25', '0.25', '0.75'), estimate),
    ]);
    expect(result).toMatchObject({ estimates: [`${stage.tenant}_a`] });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({
      spent: '0.25',
      leased: '1.75',
    });
    expect(await stage.process.leases()).toEqual([
      [stage.budget, '1'],
      [stage.wallet, '1'],
    ]);
    const held = await stage.rows.query(
      `SELECT quota_id, trim_scale(amount)::text AS amount FROM pending_hold WHERE call_id = $1 ORDER BY 1`,
      [`${stage.tenant}_a`],
    );
    expect(held).toEqual([
      { quota_id: stage.budget, amount: '0.75' },
      { quota_id: stage.wallet, amount: '0.75' },
    ]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('keeps no more than the slice still has', async () => {
    await stage.process.lease([[stage.wallet, '0.6']]);
    const estimate = { charge: chargeOf('0.5', { rank: 'estimate' as const }) };
    await stage.post([
      stage.close('a', '0', [[stage.wallet, 0, '1', '0.5', '0.5', '0.5']], estimate),
    ]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.5', leased: '0.1' });
    expect(await stage.overruns(stage.wallet)).toEqual([[`${stage.tenant}_a`, 'short', '0.4']]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });
});

describe('a call of a window that is over', () => {
  it('is charged, and counts in no other window', async () => {
    const daily = `daily_${stage.tenant}`;
    await makeQuota(stage.rows, daily, {
      organization: stage.organization,
      cap: '5',
      window: 'day',
    });
    await stage.process.lease([[daily, '2']]);
    const { period } = await quotaOf(stage.rows, daily);
    const yesterday = period - 86_400;
    await stage.post([stage.close('a', '0.5', [[daily, yesterday, '1', '0.5', '0.5', '0']])]);
    expect(await quotaOf(stage.rows, daily)).toMatchObject({ spent: '0', leased: '2', period });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.5' });
    expect(await stage.overruns(daily)).toEqual([]);
    await stage.post([stage.close('b', '0.5', [[daily, period, '1', '0.5', '0.5', '0']])]);
    expect(await quotaOf(stage.rows, daily)).toMatchObject({ spent: '0.5', leased: '1.5', period });
  });
});

describe('the law of posting', () => {
  it('gives the same books in any order, any batches, any number of times', async () => {
    const pico = fc.bigInt({ min: 0n, max: 10n ** 12n });
    const call = fc.record({
      hold: pico,
      share: fc.integer({ min: 0, max: 150 }),
      isFinal: fc.boolean(),
    });
    const calls = fc.array(call, { minLength: 1, maxLength: 8 });
    const order = fc.array(fc.nat(20), { minLength: 1, maxLength: 30 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(calls, order, fc.integer({ min: 1, max: 4 }), async (list, picks, size) => {
        run++;
        const spent: string[] = [];
        for (const shuffled of [false, true]) {
          const id = `${stage.tenant}_${run}_${String(shuffled)}`;
          await makeTenant(stage.rows, id);
          const quota = await makeWallet(stage.rows, `org_${id}`, '100');
          const holder = await TestProcess.register(stage.rows, `holder_${id}`);
          const total = list.reduce((sum, { hold }) => sum + hold, 0n);
          if (total > 0n) await holder.lease([[quota, formatUsd(total)]]);
          const closes = list.map(({ hold, share, isFinal }, at) => {
            const cost = (hold * BigInt(share)) / 100n;
            const taken = cost < hold ? cost : hold;
            const kept = isFinal ? 0n : hold - taken;
            const entry = [quota, 0, ...[hold, taken, cost, kept].map(formatUsd)] as unknown;
            return closeOf(`${id}_${at}`, formatUsd(cost), {
              identity: stage.identity({ organization: `org_${id}` }),
              quotas: [entry as UseEntry],
            });
          });
          const all = shuffled
            ? [...picks.map((pick) => closes[pick % closes.length]), ...closes]
            : closes;
          const step = shuffled ? size : all.length;
          for (let at = 0; at < all.length; at += step)
            await stage.post(all.slice(at, at + step) as object[], holder.id);
          const row = await quotaOf(stage.rows, quota);
          spent.push(JSON.stringify([row, (await holder.leases()).map(([, granted]) => granted)]));
        }
        expect(spent[1]).toBe(spent[0]);
        expect(await faultsOf(stage.rows)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
