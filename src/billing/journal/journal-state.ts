import type { HoldEntry } from '../quota/quota.js';
import { abandonedClose } from './abandoned-close.js';
import type { JournalLine } from './journal-line.js';
import type { CloseRecord, OpenRecord, ProgressRecord } from './journal-record.js';

/** A call that was opened and not yet closed, as far as its journal was read. */
interface OpenCall {
  readonly open: OpenRecord;
  /** Sequence number of its first opening. */
  readonly openedAt: number;
  readonly progress: ProgressRecord | undefined;
  /** Where its first and its newest opening and its newest progress stand. */
  readonly segments: readonly [first: string, open: string, progress: string];
}

/** The end of a call as it was read. */
export interface ClosedCall {
  readonly close: CloseRecord;
  /** Sequence number of the call's first opening; undefined of a call that was refused. */
  readonly openedAt: number | undefined;
  readonly segment: string;
}

/** Sequence numbers that no line had. */
export interface SequenceGap {
  readonly from: number;
  readonly to: number;
}

/** What the reader of one writer's journal knows: which calls are open, and which segments they hold. */
export class JournalState {
  private readonly open = new Map<string, OpenCall>();
  /** Undefined where earlier segments are gone: whatever comes next is the next. */
  private nextSequence: number | undefined;
  private newest = 0;
  private gaps: SequenceGap[] = [];

  /** Takes a line in; gives the end of a call if the line is one. */
  apply({ sequence, record }: JournalLine, segment: string): ClosedCall | undefined {
    this.count(sequence);
    const known = this.open.get(record.call);
    if (record.type === 'close') {
      this.open.delete(record.call);
      return { close: record, openedAt: known?.openedAt, segment };
    }
    if (record.type === 'open') {
      this.open.set(record.call, {
        open: record,
        openedAt: known?.openedAt ?? sequence,
        progress: known?.progress,
        segments: [known?.segments[0] ?? segment, segment, known?.segments[2] ?? segment],
      });
    } else if (known) {
      const [first, open] = known.segments;
      const segments = [first, open, segment] as const;
      this.open.set(record.call, { ...known, progress: record, segments });
    }
    return undefined;
  }

  /** The newest sequence number that was read. */
  get lastSequence(): number {
    return this.newest;
  }

  /** The next segment is not the one behind the last: what stood between was posted and is gone. */
  skip(): void {
    this.nextSequence = undefined;
  }

  /** What is missing since the last time that this was asked. */
  takeGaps(): readonly SequenceGap[] {
    const gaps = this.gaps;
    this.gaps = [];
    return gaps;
  }

  /** Whether a segment holds what a reader that starts over needs to know of a call that runs. */
  isHeld(segment: string): boolean {
    for (const call of this.open.values()) if (call.segments.includes(segment)) return true;
    return false;
  }

  /** What the open calls have set aside. */
  openHolds(): HoldEntry[] {
    return [...this.open.values()].flatMap(({ open }) => open.holds);
  }

  /** The ends of the calls that a dead writer left open. */
  abandoned(nowMs: number): ClosedCall[] {
    return [...this.open.values()].map(({ open, openedAt, progress, segments }) => ({
      close: abandonedClose(open, progress, nowMs),
      openedAt,
      segment: segments[1],
    }));
  }

  private count(sequence: number): void {
    if (this.nextSequence !== undefined && sequence > this.nextSequence) {
      this.gaps.push({ from: this.nextSequence, to: sequence - 1 });
    }
    this.nextSequence = Math.max(this.nextSequence ?? 0, sequence + 1);
    this.newest = Math.max(this.newest, sequence);
  }
}
