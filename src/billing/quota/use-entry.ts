import type { Period, UseEntry } from './quota.js';

/** What an entry of a close record says, decimal amounts. */
export interface QuotaUse {
  readonly quota: string;
  readonly period: Period;
  readonly hold: string;
  readonly taken: string;
  readonly cost: string;
  readonly kept: string;
}

/** The entry that says it with the fewest places. */
export function useEntry(
  quota: string,
  period: Period,
  hold: string,
  taken: string,
  cost: string,
  kept: string,
): UseEntry {
  if (kept !== '0') return [quota, period, hold, taken, cost, kept];
  if (cost !== taken) return [quota, period, hold, taken, cost];
  return taken === hold ? [quota, period, hold] : [quota, period, hold, taken];
}

/** The same as `uses_of` in Postgres. */
export function readUseEntry([
  quota,
  period,
  hold,
  taken = hold,
  cost = taken,
  kept = '0',
]: UseEntry): QuotaUse {
  return { quota, period, hold, taken, cost, kept };
}
