import { describe, expect, it } from '@jest/globals';
import { limitOf, NEEDS } from '../../../test/support/limits.js';
import { piecesOf } from './amount.js';
import { needOf, type CallNeeds, type Limit } from './limit.js';
import type { QuotaKind } from './quota.js';
import { refusalOf } from './refusal.js';
import { rememberedRefusal, rememberRefusal } from './remembered-refusal.js';

const NOW = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** A limit of which Postgres told that so much is left. */
function told(
  kind: QuotaKind,
  left: bigint,
  { cap = piecesOf(1_000), ...more }: { cap?: bigint; id?: string } = {},
): Limit {
  const limit = limitOf(kind, undefined, more);
  limit.slice.enter(0, NOW + DAY, cap, left);
  return limit;
}

/** Postgres refuses a call with these limits because of one of them. */
function refuse(
  limit: Limit,
  reset_ms: number | null,
  limits: readonly Limit[] = [limit],
  needs: CallNeeds = NEEDS,
): void {
  const answer = { need: 0, quota: limit.quota.id, reset_ms, final: true, left: '0' };
  const refusal = refusalOf(needOf(limit.quota, needs), answer, NOW, 0);
  rememberRefusal(limit, refusal, { limits, needs });
}

const named = (limits: readonly Limit[], needs = NEEDS, now = NOW): string | undefined =>
  rememberedRefusal(limits, needs, now)?.quota.id;

describe('a refusal that is remembered', () => {
  it('holds for a quarter of a second, for calls that need as much', () => {
    const wallet = told('credit', 0n);
    refuse(wallet, null);
    const isRefused = (credit: bigint, now: number): boolean =>
      named([wallet], { ...NEEDS, credit }, now) !== undefined;
    expect(isRefused(10n, 1_249)).toBe(true);
    expect(isRefused(11n, 1_249)).toBe(true);
    expect(isRefused(9n, 1_249)).toBe(false);
    expect(isRefused(10n, 1_250)).toBe(false);
  });

  it('holds no longer than the window', () => {
    const requests = told('requests_per_minute', 0n);
    refuse(requests, 20);
    expect(named([requests], NEEDS, 1_019)).toBe('requests_per_minute');
    expect(named([requests], NEEDS, 1_020)).toBeUndefined();
  });

  it('is that of the window that ends last, and of money before', () => {
    const budget = told('budget', 0n);
    const minute = told('requests_per_minute', 0n);
    const day = told('requests_per_day', 0n);
    refuse(minute, MINUTE);
    expect(named([minute])).toBe('requests_per_minute');
    refuse(day, DAY);
    expect(named([minute, day])).toBe('requests_per_day');
    refuse(budget, 5);
    expect(named([budget, minute, day])).toBe('budget');
  });

  it('is that of a limit that has room for it in no window, however soon that ends', () => {
    const tokens = told('tokens_per_minute', 0n, { cap: piecesOf(50) });
    const day = told('requests_per_day', 0n);
    refuse(day, DAY);
    expect(named([tokens, day])).toBeUndefined();
    refuse(tokens, MINUTE);
    expect(named([tokens, day])).toBe('tokens_per_minute');
  });

  it('is none where the call is larger than the limit, and what was refused was not', () => {
    const tokens = told('tokens_per_minute', 0n, { cap: piecesOf(200) });
    refuse(tokens, MINUTE);
    expect(named([tokens], { ...NEEDS, tokens: piecesOf(200) })).toBe('tokens_per_minute');
    expect(named([tokens], { ...NEEDS, tokens: piecesOf(201) })).toBeUndefined();
  });
});

describe('a limit of another key that Postgres would name instead', () => {
  const minute = told('requests_per_minute', 0n);
  refuse(minute, MINUTE);

  it.each(['credit', 'budget', 'requests_per_day'] as const)('may be one of %s', (kind) => {
    const unknown = limitOf(kind);
    const limits = kind === 'requests_per_day' ? [minute, unknown] : [unknown, minute];
    expect(named(limits)).toBeUndefined();
    // What is in hand here no other can have spent.
    unknown.slice.enter(0, Infinity, piecesOf(9), 0n);
    unknown.slice.inHand = piecesOf(1);
    expect(named(limits)).toBe('requests_per_minute');
  });

  it.each(['tokens_per_minute', 'concurrency'] as const)('is none of %s', (kind) => {
    expect(named([minute, limitOf(kind)])).toBe('requests_per_minute');
  });

  it('is none of money behind the one that is named', () => {
    const wallet = told('credit', 0n);
    refuse(wallet, null);
    expect(named([wallet, limitOf('budget')])).toBe('credit');
  });
});

describe('a limit that Postgres was asked for as well', () => {
  it('had room, or was not the one to be named', () => {
    const wallet = told('credit', 20n);
    const minute = told('requests_per_minute', 0n);
    const day = told('requests_per_day', 0n, { id: 'ends sooner' });
    const limits = [wallet, minute, day];
    refuse(minute, MINUTE, limits);
    expect(named(limits)).toBe('requests_per_minute');
    expect(named(limits, { ...NEEDS, credit: 20n })).toBe('requests_per_minute');
    expect(named(limits, { ...NEEDS, credit: 21n })).toBeUndefined();
  });

  it('is unknown where the call that was refused needed none of it', () => {
    const wallet = told('credit', 20n);
    const minute = told('requests_per_minute', 0n);
    refuse(minute, MINUTE, [wallet, minute], { ...NEEDS, credit: 0n });
    expect(named([wallet, minute], { ...NEEDS, credit: 0n })).toBe('requests_per_minute');
    expect(named([wallet, minute])).toBeUndefined();
  });
});
