import { PROGRESS_MS } from '../../src/calls/delivered.js';

/** A part of an answer as its client read it. */
export interface Arrival {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Pieces of content that had come by then. */
  readonly pieces: number;
}

/** A piece goes out before the record of it is written, in the same turn of the gateway's event loop; no turn takes so long. */
const TURN_MS = 250;
/** A client on a busy machine reads so much later than it was written to, at the most. */
const LATE_MS = 1_000;

/**
 * How many pieces a gateway had on record for certain when it was killed: whatever it had handed out one interval before
 * the last piece whose turn was over, and the first piece at once. Records follow the gateway's clock and arrivals the
 * client's, which is behind, so an interval of the one is up to LATE_MS longer by the other.
 */
export function recordedPieces(arrivals: readonly Arrival[]): number {
  const end = arrivals.at(-1)?.at ?? 0;
  const settled = arrivals.findLast(({ at }) => at <= end - TURN_MS);
  if (!settled) return 0;
  const due = settled.at - PROGRESS_MS - LATE_MS;
  return arrivals.findLast(({ at }) => at <= due)?.pieces ?? 1;
}
