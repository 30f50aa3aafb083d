import { parseUsd, type PicoUsd } from '../../../core/money.js';

/** What a provider bills for a day, for something that it names in its own words. */
export interface BilledItem {
  /** UTC, YYYY-MM-DD. */
  readonly day: string;
  /** A model's name at the provider, or of something else that costs money. */
  readonly item: string;
  readonly amount: PicoUsd;
  /** The line of the bill, from 1. */
  readonly line: number;
}

/** A bill that cannot be read: which line, and why. */
export class BillError extends Error {
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(`line ${line}: ${reason}`);
    this.name = 'BillError';
  }
}

/** Sums of so much stay far below what the columns of the ledger hold. */
const BEYOND = 10n ** 24n;

/**
 * Reads an amount of a bill in USD; what a provider credits is negative.
 * @throws RangeError for what is no plain decimal of at most twelve digits on either side of the point
 */
export function parseBilledUsd(text: string): PicoUsd {
  const amount = parseUsd(text);
  if (amount >= BEYOND || amount <= -BEYOND)
    throw new RangeError(`more than twelve digits before the point: ${text}`);
  return amount;
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether a text is a day of the calendar, YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The day (UTC) that begins at a time in seconds since the epoch. */
export function dayOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 10);
}
