import { readdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine } from './journal-line.js';
import type { CloseRecord } from './journal-record.js';
import { JournalState } from './journal-state.js';
import { writePosted } from './posted-mark.adapter.js';
import { readSegment } from './segment.adapter.js';
import { isWriterAlive } from './writer-lock.adapter.js';

export interface TailRead {
  readonly closes: readonly CloseRecord[];
  /** Lines that a crash or a fault has damaged. */
  readonly damaged: readonly string[];
}

/** Follows the journal of one writer: reads what is new, drops segments whose calls are all closed and posted. */
export class WriterTail {
  private readonly state = new JournalState();
  private segment: string | undefined;
  private offset = 0;
  /** The sequence number that the mark beside the journal tells. */
  private marked = 0;
  private readonly finished: string[] = [];
  /** What was read and is not in the database yet. */
  private pending: TailRead | undefined;

  constructor(readonly folder: string) {}

  /**
   * New closes, those of about a mebibyte of journal at a time; the same again until `posted` was called. None only
   * when the end is reached for now.
   */
  read(): TailRead {
    this.pending ??= this.readOn();
    return this.pending;
  }

  /** What was read so far is in the database: segments that nothing needs any more go. */
  posted(): void {
    const { lastSequence } = this.state;
    if (lastSequence !== this.marked) writePosted(this.folder, lastSequence);
    this.marked = lastSequence;
    this.pending = undefined;
    for (const segment of [...this.finished]) {
      if (this.state.isHeld(segment)) continue;
      unlinkSync(join(this.folder, segment));
      this.finished.splice(this.finished.indexOf(segment), 1);
    }
  }

  isAlive(): Promise<boolean> {
    return isWriterAlive(this.folder);
  }

  /** Ends of the calls that the dead writer left open. */
  abandoned(nowMs: number): CloseRecord[] {
    return this.state.abandoned(nowMs);
  }

  /** The journal of a dead writer was posted to its end. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readOn(): TailRead {
    const damaged: string[] = [];
    for (;;) {
      // Asked for first: once there is a next segment, its writer has written all of this one.
      const next = this.nextSegment();
      const segment = this.segment ?? next;
      if (segment === undefined) return { closes: [], damaged };
      const read = readSegment(join(this.folder, segment), this.offset);
      damaged.push(...read.damaged);
      const closes = this.apply(read.lines, segment);
      const isNew = this.segment === undefined || read.offset > this.offset;
      this.segment = segment;
      this.offset = read.offset;
      if (closes.length > 0) return { closes, damaged };
      if (isNew) continue;
      if (next === undefined) return { closes, damaged };
      this.finished.push(segment);
      this.segment = next;
      this.offset = 0;
    }
  }

  private apply(lines: readonly JournalLine[], segment: string): CloseRecord[] {
    const [first] = lines;
    if (first) this.state.startAt(first.sequence);
    return lines.flatMap((line) => this.state.apply(line, segment) ?? []);
  }

  /** The one after the segment that is read, or the first. */
  private nextSegment(): string | undefined {
    const current = this.segment ?? '';
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.journal') && name > current)
      .sort()[0];
  }
}
