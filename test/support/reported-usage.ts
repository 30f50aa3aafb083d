import fc from 'fast-check';
import type { AttemptCost } from '../../src/billing/journal/journal-record.js';
import { formatUsd } from '../../src/core/money.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import type { TestOrganization } from './admin.js';
import { chargeOf, closeOf, identityOf } from './journal.js';
import type { Rows } from './tenant.js';

/** A call as a test of reports thinks of it. */
export interface ReportedCall {
  readonly key: string;
  readonly member: string | null;
  readonly model: string | null;
  readonly source: string | null;
  readonly team: string | null;
  readonly hour: number;
  readonly amount: bigint;
  readonly listPrice: bigint;
  readonly charged: boolean;
  /** Tokens of reasoning. */
  readonly reasoning: number;
  /** What a better figure says that it cost, and then another one. */
  readonly better: readonly bigint[];
  readonly refund: bigint;
  /** What a search provider asks for it; nothing where it was not searched for. */
  readonly searchCost: bigint;
}

const pico = fc.bigInt({ min: 0n, max: 3_000_000_000_000n });

/** Calls with every kind of fate: refused, of own credentials, corrected, given back. */
export const anyCall: fc.Arbitrary<ReportedCall> = fc.record({
  key: fc.constantFrom('key_1', 'key_2', 'key_3'),
  member: fc.constantFrom(null, 'mem_1'),
  model: fc.option(fc.constantFrom('m', 'n', 'vendor/o'), { freq: 8 }),
  source: fc.constantFrom(null, 'app', '=cmd()'),
  team: fc.constantFrom(null, 'a', 'b'),
  hour: fc.integer({ min: 0, max: 70 }),
  amount: pico,
  listPrice: pico,
  charged: fc.boolean(),
  reasoning: fc.integer({ min: 0, max: 9 }),
  better: fc.array(pico, { maxLength: 2 }),
  refund: fc.bigInt({ min: 0n, max: 1_000n }),
  searchCost: fc.oneof(fc.constant(0n), pico),
});

const RANKS = ['final', 'provider_report'] as const;

/** Posts a call from `start` on as the worker does, then its better figures and its refund. */
export async function postReported(
  rows: Rows,
  { id, projectId }: TestOrganization,
  start: number,
  call: ReportedCall,
): Promise<void> {
  const name = `tx_osm_${nextUlid()}`;
  const identity = identityOf({
    organization: id,
    project: projectId,
    key: call.key,
    member: call.member,
    source: call.source,
    tags: call.team === null ? {} : { team: call.team, other: 'x' },
    startedAt: start + call.hour * 3_600_000 + 1_234,
  });
  const units = {
    promptTokens: 10,
    completionTokens: 9,
    cachedTokens: 3,
    reasoningTokens: call.reasoning,
  };
  const isServed = call.model !== null;
  const charge = chargeOf(formatUsd(isServed ? call.amount : 0n), {
    units: isServed ? units : {},
    providerCost: formatUsd(isServed ? call.listPrice : 0n),
    charged: isServed && call.charged,
    rank: 'estimate',
  });
  const close = closeOf(name, '0', { identity, charge });
  const served =
    call.model !== null && close.served ? { ...close.served, model: call.model } : null;
  const attemptCosts = searchCosts(call);
  const record = { ...close, served, ...(attemptCosts.length > 0 ? { attemptCosts } : {}) };
  await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify([record])]);
  if (isServed) await correct(rows, name, call);
}

function searchCosts({ charged, searchCost }: ReportedCall): readonly AttemptCost[] {
  if (!charged || searchCost === 0n) return [];
  return [{ provider: 'searcher', model: 'web-search', cost: formatUsd(searchCost) }];
}

async function correct(rows: Rows, name: string, call: ReportedCall): Promise<void> {
  for (const [at, amount] of call.better.entries()) {
    const figure = {
      rank: RANKS[at],
      units: { promptTokens: 11, completionTokens: 8, reasoningTokens: call.reasoning + at },
      lines: [],
      amount: formatUsd(amount),
      providerCost: formatUsd(amount / 2n),
    };
    await rows.query('SELECT true_up($1, $2::jsonb)', [name, JSON.stringify(figure)]);
  }
  if (call.refund > 0n)
    await rows.query('SELECT refund_call($1, $1, $2::numeric, now())', [
      name,
      formatUsd(call.refund),
    ]);
}
