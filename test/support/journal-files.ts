import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeLine } from '../../src/billing/journal/journal-line.js';
import type { JournalRecord } from '../../src/billing/journal/journal-record.js';
import { segmentName } from '../../src/billing/journal/journal.writer.js';

/** Writes the journal of a writer that is dead: its segments as lists of records, numbered throughout. */
export function writeJournal(
  folder: string,
  segments: readonly (readonly JournalRecord[])[],
): void {
  mkdirSync(folder, { recursive: true });
  let sequence = 0;
  segments.forEach((records, at) => {
    const lines = records.map((record) => encodeLine(++sequence, record));
    writeFileSync(join(folder, segmentName(at + 1)), lines.join(''));
  });
}
