import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Hold } from '../../src/billing/quota/hold.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { type LeaseProcess, postCall } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';

const PROCESSES = 3;

let stage: LeaseStage;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  await stage.begin();
  await Promise.all(Array.from({ length: PROCESSES }, () => stage.startProcess()));
});
afterEach(() => stage.end());

/** Of each call its hold, or the code by which it was refused. */
async function ask(calls: readonly { process: number; usd: string }[]): Promise<(Hold | string)[]> {
  return Promise.all(
    calls.map(({ process, usd }) =>
      (stage.processes[process] as LeaseProcess)
        .authorize(stage.name, usd)
        .catch((error: unknown) => {
          const { code } = error as { code?: string };
          if (code === undefined) throw error;
          return code;
        }),
    ),
  );
}

const isHold = (outcome: Hold | string): outcome is Hold => typeof outcome !== 'string';

/** A cheap generator, so that a run can be had again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

async function wallet(): Promise<{ spent: bigint; leased: bigint }> {
  const [row] = await stage.rows.query(
    'SELECT spent::text, leased::text FROM quota WHERE id = $1',
    [`credit:org_${stage.name}`],
  );
  return { spent: parseUsd(String(row?.['spent'])), leased: parseUsd(String(row?.['leased'])) };
}

describe('a balance of 1 USD and 1,000 calls at a time of three processes', () => {
  it.each(['cold', 'warm'])(
    '(%s) is never overspent, and spent to less than a hold',
    async (how) => {
      const random = randomFrom(stage.tenant);
      const hold = '0.01';
      await stage.giveCredit('1');
      if (how === 'warm') {
        const first = await ask([0, 1, 2].map((process) => ({ process, usd: '0.001' })));
        for (const [process, held] of first.entries())
          if (isHold(held)) stage.processes[process]?.authorization.release(held);
      }
      let admitted = 0;
      let asked = 1_000;
      for (let rounds = 0; asked > 0 && rounds < 200; rounds++) {
        const calls = Array.from({ length: asked }, () => ({
          process: Math.floor(random() * PROCESSES),
          usd: hold,
        }));
        const outcomes = await ask(calls);
        const held = outcomes.flatMap((outcome, at) =>
          isHold(outcome) ? [{ outcome, process: calls[at]?.process ?? 0 }] : [],
        );
        expect(new Set(outcomes.filter((outcome) => !isHold(outcome)))).not.toContain('internal');
        // No more is ever set aside than there is.
        expect((await wallet()).leased <= parseUsd('1')).toBe(true);
        for (const { outcome, process } of held) {
          const cost = formatUsd(BigInt(Math.floor(random() * 10_000_000_000)) + 1n);
          await postCall(
            stage.rows,
            stage.processes[process] as LeaseProcess,
            stage.name,
            outcome,
            cost,
          );
        }
        admitted += held.length;
        asked = held.length === 0 ? 0 : 60;
      }
      const { spent } = await wallet();
      expect(admitted).toBeGreaterThan(100);
      expect(spent <= parseUsd('1')).toBe(true);
      expect(spent > parseUsd('0.99')).toBe(true);
      const overruns = await stage.rows.query('SELECT * FROM overrun WHERE quota_id = $1', [
        `credit:org_${stage.name}`,
      ]);
      expect(overruns).toEqual([]);
    },
    60_000,
  );
});

describe('a limit of 50 requests a minute on three processes', () => {
  /** Adds to `admitted` how many of 150 calls were admitted, by window. */
  async function wave(seed: number, admitted: Map<number, number>): Promise<void> {
    const random = randomFrom(seed);
    for (let left = 150; left > 0;) {
      const together = Math.min(left, 1 + Math.floor(random() ** 2 * 60));
      left -= together;
      // Mostly one process or another, so that what one has in hand is needed elsewhere.
      const favourite = Math.floor(random() * PROCESSES);
      const calls = Array.from({ length: together }, () => ({
        process: random() < 0.8 ? favourite : Math.floor(random() * PROCESSES),
        usd: '0.001',
      }));
      for (const hold of (await ask(calls)).filter(isHold)) {
        const entry = hold.entries().find(([, , , kind]) => kind === 'requests_per_minute');
        const period = entry?.[1] ?? -1;
        admitted.set(period, (admitted.get(period) ?? 0) + 1);
      }
    }
  }

  it.each([1, 2])(
    'lets through exactly 50, in whatever order they come (%d)',
    async (seed) => {
      await stage.giveCredit('100');
      await stage.makeQuota({ kind: 'requests_per_minute', cap: '50' });
      const admitted = new Map<number, number>();
      await wave(seed, admitted);
      // Where a new minute began meanwhile, that one is filled up as well.
      if (admitted.size > 1) await wave(seed, admitted);
      expect(Math.max(...admitted.values())).toBeLessThanOrEqual(50);
      expect(admitted.get(Math.max(...admitted.keys()))).toBe(50);
    },
    60_000,
  );
});
