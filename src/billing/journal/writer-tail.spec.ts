import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { closeOf, openOf, progressOf } from '../../../test/support/journal.js';
import { writeJournal } from '../../../test/support/journal-files.js';
import { encodeLine } from './journal-line.js';
import type { JournalRecord } from './journal-record.js';
import { segmentName } from './journal.writer.js';
import { WriterTail } from './writer-tail.adapter.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tail-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const callsOf = (tail: WriterTail) => tail.read().closes.map(({ close }) => close.call);
const segments = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .sort();

/** Reads and acknowledges until the end is reached. */
function drain(tail: WriterTail): string[] {
  const all: string[] = [];
  for (;;) {
    const calls = callsOf(tail);
    tail.posted();
    if (calls.length === 0) return all;
    all.push(...calls);
  }
}

let sequence = 100;
const append = (segment: number, ...records: JournalRecord[]) => {
  for (const record of records)
    appendFileSync(join(folder, segmentName(segment)), encodeLine(++sequence, record));
};

describe('WriterTail', () => {
  it('follows its writer from segment to segment', () => {
    const tail = new WriterTail(folder);
    expect(drain(tail)).toEqual([]);
    append(1, openOf('c1'), closeOf('c1'));
    expect(drain(tail)).toEqual(['c1']);
    append(1, openOf('c2'));
    expect(drain(tail)).toEqual([]);
    append(2, closeOf('c2'));
    expect(drain(tail)).toEqual(['c2']);
  });

  it('gives the same closes again until they are posted', () => {
    append(1, openOf('c1'), closeOf('c1'));
    const tail = new WriterTail(folder);
    expect(callsOf(tail)).toEqual(['c1']);
    append(1, openOf('c2'), closeOf('c2'));
    append(2, openOf('c3'));
    expect(callsOf(tail)).toEqual(['c1']);
    expect(segments()).toHaveLength(2);
    tail.posted();
    expect(callsOf(tail)).toEqual(['c2']);
  });

  it('gives no closes only at the end of the journal: a segment without any is no end', () => {
    writeJournal(folder, [
      [openOf('c1'), openOf('c2')],
      [progressOf('c1', '1')],
      [],
      [closeOf('c1')],
      [closeOf('c2')],
    ]);
    const tail = new WriterTail(folder);
    expect(callsOf(tail)).toEqual(['c1']);
    tail.posted();
    expect(callsOf(tail)).toEqual(['c2']);
  });

  it('nor is a damaged line', () => {
    writeJournal(folder, [[closeOf('c1')], [closeOf('c2')]]);
    appendFileSync(join(folder, segmentName(1)), 'damaged\n');
    const tail = new WriterTail(folder);
    expect(tail.read()).toMatchObject({
      closes: [{ close: { call: 'c1' } }],
      damaged: ['damaged'],
    });
    tail.posted();
    expect(tail.read()).toMatchObject({ closes: [{ close: { call: 'c2' } }], damaged: [] });
  });

  it('passes over the torn end of a segment, and waits for that of the last one', () => {
    const line = encodeLine(9, closeOf('c9'));
    writeJournal(folder, [[closeOf('c1')], [closeOf('c2')]]);
    for (const segment of [1, 2])
      appendFileSync(join(folder, segmentName(segment)), line.slice(0, 40));
    const tail = new WriterTail(folder);
    expect(drain(tail)).toEqual(['c1', 'c2']);
    appendFileSync(join(folder, segmentName(2)), line.slice(40));
    expect(drain(tail)).toEqual(['c9']);
  });

  it('does not take other files for segments', () => {
    writeFileSync(join(folder, 'notes.txt'), 'x');
    append(1, closeOf('c1'));
    expect(drain(new WriterTail(folder))).toEqual(['c1']);
  });
});

describe('a segment', () => {
  it('goes when its calls are closed and posted, and the writer is at a later one', () => {
    const tail = new WriterTail(folder);
    append(1, openOf('c1'), openOf('c2'), closeOf('c1'));
    expect(drain(tail)).toEqual(['c1']);
    append(2, openOf('c3'));
    drain(tail);
    expect(segments()).toHaveLength(2);
    append(2, closeOf('c2'), closeOf('c3'));
    expect(callsOf(tail)).toEqual(['c2', 'c3']);
    expect(segments()).toHaveLength(2);
    tail.posted();
    expect(segments()).toEqual([segmentName(2)]);
  });

  it('stays while it holds the newest progress of a call that runs', () => {
    const tail = new WriterTail(folder);
    append(1, openOf('c1'));
    append(2, progressOf('c1', '1'));
    append(3, progressOf('c1', '2'));
    append(4, closeOf('c2'));
    drain(tail);
    expect(segments()).toEqual([1, 3, 4].map(segmentName));
    const [again] = (() => {
      const other = new WriterTail(folder);
      drain(other);
      return other.abandoned(0);
    })();
    expect(again?.close.charge.amount).toBe('2');
  });
});

describe('a writer that goes on while it is read', () => {
  it('loses nothing that it writes before it turns to the next segment', async () => {
    const { readSegment } = await import('./segment.adapter.js');
    let turned = false;
    jest.unstable_mockModule('./segment.adapter.js', () => ({
      readSegment: (path: string, offset: number) => {
        const read = readSegment(path, offset);
        // The last moment: the reader has seen the end of the first segment.
        if (read.lines.length === 0 && !turned) {
          turned = true;
          append(1, closeOf('late'));
          append(2, closeOf('next'));
        }
        return read;
      },
    }));
    jest.resetModules();
    const fresh = await import('./writer-tail.adapter.js');
    append(1, closeOf('c1'));
    const tail = new fresh.WriterTail(folder);
    expect([...drain(tail), ...drain(tail)]).toEqual(['c1', 'late', 'next']);
  });
});

describe('a disk on which nothing can be written', () => {
  it('keeps no segment that is posted', () => {
    mkdirSync(join(folder, 'posted')); // In the place of the file that says how far the journal is posted.
    append(1, openOf('c1'), closeOf('c1'));
    append(2, openOf('c2'));
    expect(drain(new WriterTail(folder))).toEqual(['c1']);
    expect(segments()).toEqual([segmentName(2)]);
  });
});

describe('the journal of a dead writer', () => {
  it('is removed with all that is in it', () => {
    append(1, openOf('c1'));
    const tail = new WriterTail(folder);
    drain(tail);
    expect(tail.abandoned(0)).toHaveLength(1);
    tail.remove();
    expect(existsSync(folder)).toBe(false);
  });
});
