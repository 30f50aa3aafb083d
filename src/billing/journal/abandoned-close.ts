import { formatUsd, parseUsd } from '../../core/money.js';
import { isMoney, type HoldEntry, type QuotaKind, type UseEntry } from '../quota/quota.js';
import type { Charge, CloseRecord, OpenRecord, ProgressRecord } from './journal-record.js';

/** What the request log can hold; a journal may be found after months. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * The end of a call whose process died: what had been delivered at its last progress, as an estimate. Without progress
 * nothing was delivered and nothing is owed. What it had set aside in dollars stays set aside for a better figure.
 */
export function abandonedClose(
  { call, identity, served, charged, holds, credential, attemptCosts }: OpenRecord,
  progress: Pick<ProgressRecord, 'charge' | 'upstreamId'> | undefined,
  nowMs: number,
): CloseRecord {
  const charge: Charge = { ...(progress?.charge ?? { ...NOTHING, charged }), rank: 'estimate' };
  return {
    type: 'close',
    call,
    identity,
    served,
    ...(credential === undefined ? {} : { credential }),
    ...(attemptCosts === undefined ? {} : { attemptCosts }),
    charge,
    quotas: holds.map((hold) => useOf(hold, charge)),
    outcome: 'interrupted',
    status: 500,
    errorCode: 'internal_error',
    finishReason: null,
    upstreamId: progress?.upstreamId,
    attempts: [{ provider: served.provider, status: 0, reason: 'gateway_died' }],
    durationMs: Math.min(LONGEST_MS, Math.max(0, nowMs - identity.startedAt)),
  };
}

const NOTHING: Charge = {
  units: {},
  lines: [],
  amount: '0',
  providerCost: '0',
  charged: false,
  rank: 'estimate',
};

function useOf([quota, period, hold, kind]: HoldEntry, charge: Charge): UseEntry {
  const held = parseUsd(hold);
  const cost = costOf(kind, charge, held);
  const taken = cost < held ? cost : held;
  const kept = isMoney(kind) ? held - taken : 0n;
  return [quota, period, hold, formatUsd(taken), formatUsd(cost), formatUsd(kept)];
}

/** The request may have reached the provider, so it counts as one. */
function costOf(kind: QuotaKind, { amount, charged, units }: Charge, held: bigint): bigint {
  switch (kind) {
    case 'credit':
      return charged ? parseUsd(amount) : 0n;
    case 'budget':
      return parseUsd(amount);
    case 'tokens_per_minute':
      return tokensOf(units['promptTokens']) + tokensOf(units['completionTokens']);
    case 'requests_per_minute':
    case 'requests_per_day':
      return held;
    case 'concurrency':
      return 0n;
  }
}

function tokensOf(count: unknown): bigint {
  return typeof count === 'number' ? parseUsd(String(count)) : 0n;
}
