import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { decodeLine, type JournalLine } from './journal-line.js';

const READ_BYTES = 1024 * 1024;
const LINE_FEED = 10;

export interface SegmentRead {
  readonly lines: readonly JournalLine[];
  /** Offset behind the last whole line that was read. */
  readonly offset: number;
  /** Lines that are whole but damaged. */
  readonly damaged: readonly string[];
  /** Whether bytes of an unfinished line stand behind the offset. */
  readonly torn: boolean;
}

/** Reads whole lines of a segment from an offset on, at most about a mebibyte. */
export function readSegment(path: string, offset: number): SegmentRead {
  const file = openSync(path, 'r');
  try {
    const available = fstatSync(file).size - offset;
    if (available <= 0) return { lines: [], offset, damaged: [], torn: false };
    const buffer = Buffer.allocUnsafe(Math.min(available, READ_BYTES));
    const length = readSync(file, buffer, 0, buffer.length, offset);
    const end = buffer.lastIndexOf(LINE_FEED, length - 1) + 1;
    const lines: JournalLine[] = [];
    const damaged: string[] = [];
    for (const text of end === 0 ? [] : buffer.toString('utf8', 0, end - 1).split('\n')) {
      const line = decodeLine(text);
      if (line) lines.push(line);
      else damaged.push(text);
    }
    return { lines, offset: offset + end, damaged, torn: end < length };
  } finally {
    closeSync(file);
  }
}
