import type { CallNeeds, Limit } from '../../src/billing/quota/limit.js';
import type { QuotaKind } from '../../src/billing/quota/quota.js';
import { piecesOf } from '../../src/billing/quota/amount.js';
import { SliceBook } from '../../src/billing/quota/slice-book.js';

/** What the calls of unit tests need. */
export const NEEDS: CallNeeds = { credit: 10n, budget: 10n, tokens: piecesOf(100) };

/** A limit of the organization org_1. */
export function limitOf(
  kind: QuotaKind,
  book: SliceBook = new SliceBook(),
  more: Partial<Limit['quota']> = {},
): Limit {
  const quota: Limit['quota'] = {
    id: kind,
    kind,
    scope: 'organization',
    scopeId: 'org_1',
    window: 'total',
    tagName: null,
    tagValue: null,
    ...more,
  };
  return { quota, slice: book.sliceOf(quota.id) };
}

/** Puts this much into the hand, of a window that began at second `period` and ends at `endsAt` ms. */
export function giveTo(
  book: SliceBook,
  { slice }: Limit,
  amount: bigint,
  { period = 0, endsAt = Infinity } = {},
): void {
  slice.enter(period, endsAt, 1_000n, 1_000n);
  slice.inHand += amount;
  book.use(slice);
}
