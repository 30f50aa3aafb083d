import { mkdirSync, readdirSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { HoldEntry } from '../quota/quota.js';
import type { JournalLine } from './journal-line.js';
import { JournalState, type ClosedCall, type SequenceGap } from './journal-state.js';
import { writePosted } from './posted-mark.adapter.js';
import { readSegment } from './segment.adapter.js';
import { isWriterAlive } from './writer-lock.adapter.js';

/** Beside the journals; hidden from the poster, which takes it for no writer. */
const REJECTED = '.rejected';

export interface TailRead {
  readonly closes: readonly ClosedCall[];
  /** Lines that a crash or a fault has damaged. */
  readonly damaged: readonly string[];
  readonly gaps: readonly SequenceGap[];
}

/** Follows the journal of one writer: reads what is new, drops segments whose calls are all closed and posted. */
export class WriterTail {
  private readonly state = new JournalState();
  private segment: string | undefined;
  private offset = 0;
  /** The sequence number that the mark beside the journal tells. */
  private marked = 0;
  private readonly finished: string[] = [];
  /** Segments with a record that was set aside. */
  private readonly suspect = new Set<string>();
  /** What was read and is not in the database yet. */
  private pending: TailRead | undefined;

  /** @param replayMs how long what is posted is kept, for a database that may forget what it has confirmed */
  constructor(
    readonly folder: string,
    private readonly replayMs = 0,
  ) {}

  /** The id of the process that writes it. */
  get processId(): string {
    return basename(this.folder);
  }

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
      if (this.state.isHeld(segment) || !this.isRipe(segment)) continue;
      this.drop(segment);
      this.finished.splice(this.finished.indexOf(segment), 1);
    }
  }

  /** A record of the segment was set aside: a person may want to see what stands around it, so it is not deleted. */
  suspectSegment(segment: string): void {
    this.suspect.add(segment);
  }

  isAlive(): Promise<boolean> {
    return isWriterAlive(this.folder);
  }

  /** The newest sequence number that was read. */
  get lastSequence(): number {
    return this.state.lastSequence;
  }

  /** What the calls that are open have set aside. */
  openHolds(): HoldEntry[] {
    return this.state.openHolds();
  }

  /** Ends of the calls that the dead writer left open. */
  abandoned(nowMs: number): ClosedCall[] {
    return this.state.abandoned(nowMs);
  }

  /** The journal of a dead writer was posted to its end. False while it is kept all the same. */
  remove(): boolean {
    if (!this.segments().every((segment) => this.isRipe(segment))) return false;
    for (const segment of this.suspect) this.drop(segment);
    rmSync(this.folder, { recursive: true, force: true });
    return true;
  }

  private isRipe(segment: string): boolean {
    if (this.replayMs === 0) return true;
    return Date.now() - statSync(join(this.folder, segment)).mtimeMs >= this.replayMs;
  }

  private drop(segment: string): void {
    const file = join(this.folder, segment);
    if (!this.suspect.delete(segment)) return unlinkSync(file);
    const rejected = join(dirname(this.folder), REJECTED);
    mkdirSync(rejected, { recursive: true, mode: 0o700 });
    renameSync(file, join(rejected, `${this.processId}.${segment}`));
  }

  private readOn(): TailRead {
    const damaged: string[] = [];
    for (;;) {
      // Asked for first: once there is a next segment, its writer has written all of this one.
      const next = this.nextSegment();
      const segment = this.segment ?? next;
      if (segment === undefined) return { closes: [], damaged, gaps: [] };
      const read = readSegment(join(this.folder, segment), this.offset);
      damaged.push(...read.damaged);
      if (read.damaged.length > 0) this.suspect.add(segment);
      const closes = this.apply(read.lines, segment);
      const isNew = this.segment === undefined || read.offset > this.offset;
      this.segment = segment;
      this.offset = read.offset;
      if (closes.length > 0) return { closes, damaged, gaps: this.state.takeGaps() };
      if (isNew) continue;
      if (next === undefined) return { closes, damaged, gaps: this.state.takeGaps() };
      this.finished.push(segment);
      this.turnTo(next, segment);
    }
  }

  private turnTo(next: string, last: string): void {
    this.segment = next;
    this.offset = 0;
    if (Number.parseInt(next) !== Number.parseInt(last) + 1) this.state.skip();
  }

  private apply(lines: readonly JournalLine[], segment: string): ClosedCall[] {
    return lines.flatMap((line) => this.state.apply(line, segment) ?? []);
  }

  /** The one after the segment that is read, or the first. */
  private nextSegment(): string | undefined {
    const current = this.segment ?? '';
    return this.segments().find((name) => name > current);
  }

  private segments(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.journal'))
      .sort();
  }
}
