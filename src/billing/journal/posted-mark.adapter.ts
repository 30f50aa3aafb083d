import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'posted';

/**
 * Leaves word beside a journal how far it is in the database. For metrics alone: nothing is decided by it, so a disk
 * that does not take it, which posting is to make room on, is no error.
 */
export function writePosted(folder: string, sequence: number): void {
  try {
    writeFileSync(join(folder, FILE), `${sequence}`, { mode: 0o600 });
  } catch {
    // What stood there, if anything, makes the lag look longer than it is.
  }
}

/** The sequence number up to which a journal was posted; 0 where nobody has said so yet. */
export function readPosted(folder: string): number {
  try {
    const sequence = Number(readFileSync(join(folder, FILE), 'utf8'));
    return Number.isSafeInteger(sequence) ? sequence : 0;
  } catch {
    return 0;
  }
}
