import type { JournalLine } from './journal-line.js';
import type { Charge, CloseRecord, OpenRecord } from './journal-record.js';

/** A call that was opened and not yet closed, as far as its journal was read. */
interface OpenCall {
  readonly open: OpenRecord;
  readonly progress: Charge | undefined;
  /** Where its first and its newest opening and its newest progress stand. */
  readonly segments: readonly [first: string, open: string, progress: string];
}

/** What the reader of one writer's journal knows: which calls are open, and which segments they hold. */
export class JournalState {
  private readonly open = new Map<string, OpenCall>();
  private nextSequence = 1;
  /** Sequence numbers that were missing when a later one was read. */
  readonly gaps: number[] = [];

  /** Takes a line in; gives the close record if the line is one. */
  apply(line: JournalLine, segment: string): CloseRecord | undefined {
    if (line.sequence > this.nextSequence) this.gaps.push(this.nextSequence);
    this.nextSequence = Math.max(this.nextSequence, line.sequence + 1);
    const { record } = line;
    if (record.type === 'open') {
      const earlier = this.open.get(record.call);
      this.open.set(record.call, {
        open: record,
        progress: earlier?.progress,
        segments: [earlier?.segments[0] ?? segment, segment, earlier?.segments[2] ?? segment],
      });
      return undefined;
    }
    if (record.type === 'progress') {
      const call = this.open.get(record.call);
      if (call) {
        const [first, open] = call.segments;
        const segments = [first, open, segment] as const;
        this.open.set(record.call, { ...call, progress: record.charge, segments });
      }
      return undefined;
    }
    this.open.delete(record.call);
    return record;
  }

  /** The newest sequence number that was read. */
  get lastSequence(): number {
    return this.nextSequence - 1;
  }

  /** Starts over where the earlier segments of a writer are gone already. */
  startAt(sequence: number): void {
    if (this.nextSequence === 1) this.nextSequence = sequence;
  }

  /** Whether a segment holds what a reader that starts over needs to know of a call that runs. */
  isHeld(segment: string): boolean {
    for (const call of this.open.values()) if (call.segments.includes(segment)) return true;
    return false;
  }

  /**
   * The ends of the calls that a dead writer left open: what had been delivered at their last progress, as an
   * estimate. A call without progress delivered nothing and costs nothing.
   */
  abandoned(nowMs: number): CloseRecord[] {
    return [...this.open.values()].map(({ open, progress }) => ({
      type: 'close',
      call: open.call,
      identity: open.identity,
      served: open.served,
      charge: { ...(progress ?? NOTHING), rank: 'estimate' },
      outcome: 'interrupted',
      status: 500,
      errorCode: 'internal_error',
      finishReason: null,
      upstreamId: null,
      attempts: [{ provider: open.served.provider, status: 0, reason: 'gateway_died' }],
      durationMs: Math.min(LONGEST_MS, Math.max(0, nowMs - open.identity.startedAt)),
      timeToFirstTokenMs: null,
    }));
  }
}

/** What the request log can hold; a journal may be found after months. */
const LONGEST_MS = 2 ** 31 - 1;

const NOTHING: Charge = {
  units: {},
  lines: [],
  amount: '0',
  providerCost: '0',
  charged: false,
  rank: 'estimate',
};
