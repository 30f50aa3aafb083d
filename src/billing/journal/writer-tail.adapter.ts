import { readdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { CloseRecord } from './journal-record.js';
import { JournalState } from './journal-state.js';
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
  private readonly finished: string[] = [];

  constructor(readonly folder: string) {}

  /** New closes, at most about a mebibyte of journal at a time. Empty when the end is reached for now. */
  read(): TailRead {
    const closes: CloseRecord[] = [];
    const damaged: string[] = [];
    for (;;) {
      this.segment ??= this.segments()[0];
      if (this.segment === undefined) return { closes, damaged };
      const before = this.offset;
      const read = readSegment(join(this.folder, this.segment), this.offset);
      const first = read.lines[0];
      if (first) this.state.startAt(first.sequence);
      for (const line of read.lines) {
        const close = this.state.apply(line, this.segment);
        if (close) closes.push(close);
      }
      damaged.push(...read.damaged);
      this.offset = read.offset;
      if (this.offset > before) return { closes, damaged };
      if (!this.advance()) return { closes, damaged };
    }
  }

  /** What was read so far is in the database: segments that nothing needs any more go. */
  posted(): void {
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

  /** On to the next segment, if there is one: a writer never goes back. */
  private advance(): boolean {
    const current = this.segment;
    const next = this.segments().find((name) => current !== undefined && name > current);
    if (current === undefined || next === undefined) return false;
    this.finished.push(current);
    this.segment = next;
    this.offset = 0;
    return true;
  }

  private segments(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.journal'))
      .sort();
  }
}
