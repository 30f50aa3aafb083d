import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LeasingProcesses } from '../support/leasing-processes.js';
import { makeQuota } from '../support/quotas.js';

let stage: LeasingProcesses;

beforeAll(async () => {
  stage = await LeasingProcesses.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

const WINDOWS: Readonly<Record<string, string>> = {
  requests_per_minute: 'minute',
  tokens_per_minute: 'minute',
  requests_per_day: 'day',
};

describe('a call that several limits refuse', () => {
  /** Limits that are used up, from kind, cap and the seconds to the end of the window; their ids, in this order. */
  async function usedUp(
    ...limits: (readonly [kind: string, cap: string, endsIn: number | null])[]
  ): Promise<string[]> {
    const ids: string[] = [];
    for (const [at, [kind, cap, endsIn]] of limits.entries()) {
      const id = `used_up_${stage.tenant}_${at}`;
      const window = WINDOWS[kind] ?? 'total';
      await makeQuota(stage.rows, id, { organization: stage.organization, cap, kind, window });
      await stage.rows.query(
        `UPDATE quota SET spent = cap, period_ends = clock_timestamp() + $2 * interval '1 second' WHERE id = $1`,
        [id, endsIn],
      );
      ids.push(id);
    }
    return ids;
  }
  it.each([
    [[30, 30, 50_000], 2],
    [[30, 50, 20], 1],
    [[50, 30, 20], 0],
  ])('is told of that whose window ends last: of %j seconds', async (seconds, last) => {
    const [first, second, third] = seconds;
    const ids = await usedUp(
      ['requests_per_minute', '10', first ?? null],
      ['tokens_per_minute', '10', second ?? null],
      ['requests_per_day', '10', third ?? null],
    );
    const { refused } = await stage.one.operate({ needs: [ids.map((id) => [id, '1'] as const)] });
    expect(refused).toMatchObject([{ need: 0, quota: ids[last], final: true, left: '0' }]);
    expect(refused[0]?.reset_ms).toBeGreaterThan(20_000);
  });

  it('is told of a limit on calls at a time only where no window ends', async () => {
    const [slots = '', minute = ''] = await usedUp(
      ['concurrency', '5', null],
      ['requests_per_minute', '10', 30],
    );
    const both = [slots, minute].map((id) => [id, '1'] as const);
    const { refused } = await stage.one.operate({ needs: [both, [[slots, '1']]] });
    expect(refused.map(({ quota }) => quota)).toEqual([minute, slots]);
  });

  it('is told of money first, in the order of its limits', async () => {
    const [day = '', budget = '', other = ''] = await usedUp(
      ['requests_per_day', '10', 50_000],
      ['budget', '10', null],
      ['budget', '20', null],
    );
    const asked = (...ids: string[]) => ids.map((id) => [id, '1'] as const);
    const { refused } = await stage.one.operate({
      needs: [asked(day, budget, other), asked(day, other, budget), asked('never', budget, day)],
    });
    expect(refused.map(({ quota }) => quota)).toEqual([budget, other, 'never']);
  });

  it('is told of a limit that is smaller than the call, for no window has room for it', async () => {
    const [tokens = '', day = ''] = await usedUp(
      ['tokens_per_minute', '100', 30],
      ['requests_per_day', '10', 50_000],
    );
    const asked = (amount: string) => [[tokens, amount] as const, [day, '1'] as const];
    const { refused } = await stage.one.operate({ needs: [asked('100'), asked('101')] });
    expect(refused.map(({ quota }) => quota)).toEqual([day, tokens]);
  });
});
