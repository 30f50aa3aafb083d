import { formatUsd, parseUsd } from '../../core/money.js';
import type { UseEntry } from '../quota/quota.js';
import { readUseEntry } from '../quota/use-entry.js';
import type { ClosedCall } from './journal-state.js';

/** As an entry of a close record with all its places, and what else leaves the slice in a seventh. */
export type PostedEntry = readonly [...Required<UseEntry>, released: string];

/**
 * What the end of a call takes of the slices of a process that was fenced, and gives nothing back any more. Of a call
 * that was open when it was fenced, the whole hold is still leased and leaves the slice. One that was opened later has
 * no lease: it was released when the process was fenced. Its cost counts all the same.
 */
export function fencedUse({ close, openedAt }: ClosedCall, fencedSequence: number): PostedEntry[] {
  const isLeased = openedAt !== undefined && openedAt <= fencedSequence;
  return close.quotas.map((entry) => {
    const { quota, period, hold, taken, cost, kept } = readUseEntry(entry);
    if (!isLeased) return [quota, period, '0', '0', cost, '0', '0'];
    const held = parseUsd(hold);
    const used = smaller(parseUsd(taken), held);
    const keeps = smaller(parseUsd(kept), held - used);
    const rest = held - used - keeps;
    return [quota, period, hold, formatUsd(used), cost, formatUsd(keeps), formatUsd(rest)];
  });
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
