import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeOf } from '../../../test/support/journal.js';
import { Environment } from '../../platform/env.js';
import { encodeLine } from './journal-line.js';
import { JournalReader } from './journal-reader.service.js';
import { segmentName } from './journal.writer.js';
import type { Posting, PostingService } from './posting.service.js';
import type { ProcessEndsService } from './process-ends.service.js';
import { holdWriterLock, type WriterLock } from './writer-lock.adapter.js';

let root: string;
let locks: WriterLock[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reader-'));
  locks = [];
});
afterEach(async () => {
  await Promise.all(locks.map((lock) => lock.release()));
  rmSync(root, { recursive: true });
});

const written = new Map<string, number>();

/** One more closed call in the journal of a writer. */
function write(writer: string): void {
  const sequence = (written.get(writer) ?? 0) + 1;
  written.set(writer, sequence);
  const line = encodeLine(sequence, closeOf(`${writer}-${sequence}`));
  appendFileSync(join(root, 'journal', writer, segmentName(1)), line);
}

/** A journal whose writer lives, with a call in it. */
async function begin(writer: string): Promise<void> {
  const folder = join(root, 'journal', writer);
  mkdirSync(folder, { recursive: true });
  const lock = await holdWriterLock(folder);
  if (lock) locks.push(lock);
  written.delete(writer);
  write(writer);
}

/** A reader whose posting is told to `post`. */
function readerOf(post: (processId: string, calls: readonly string[]) => void): JournalReader {
  const posting = {
    post: (processId: string, _folder: string, postings: readonly Posting[]) => {
      post(
        processId,
        postings.map(({ close }) => close.call),
      );
      return Promise.resolve([]);
    },
  } as Partial<PostingService> as PostingService;
  const ends = {
    fencedSequence: () => Promise.resolve(undefined),
  } as Partial<ProcessEndsService> as ProcessEndsService;
  return new JournalReader(Object.assign(new Environment(), { DATA_DIR: root }), posting, ends);
}

describe('a round of the poster', () => {
  it('ends though a writer goes on writing, and posts the others', async () => {
    for (const writer of ['a', 'b', 'c']) await begin(writer);
    for (let more = 1; more < 200; more++) write('b');
    const posted: string[] = [];
    const reader = readerOf((processId, calls) => {
      posted.push(...calls);
      if (processId === 'b') for (const _ of calls) write('b');
    });
    await reader.round(() => undefined);
    expect(posted).toEqual(expect.arrayContaining(['a-1', 'b-1', 'b-400', 'c-1']));
    await reader.round(() => undefined);
    expect(new Set(posted).size).toBe(posted.length);
  });

  it('leaves what comes while little is posted for the next one, which posts it together', async () => {
    await begin('a');
    const posted: number[] = [];
    const reader = readerOf((_, calls) => {
      posted.push(calls.length);
      if (posted.length === 1) for (let more = 0; more < 30; more++) write('a');
    });
    await reader.round(() => undefined);
    expect(posted).toEqual([1]);
    await reader.round(() => undefined);
    expect(posted).toEqual([1, 30]);
  });

  it('posts the others where the files of one cannot be worked on', async () => {
    for (const writer of ['a', 'b', 'c']) await begin(writer);
    // Where a segment should be stands a folder.
    rmSync(join(root, 'journal', 'b', segmentName(1)));
    mkdirSync(join(root, 'journal', 'b', segmentName(1)));
    const posted: string[] = [];
    const reader = readerOf((_processId, calls) => posted.push(...calls));
    expect(await reader.round(() => undefined)).toBe(2);
    expect(posted).toEqual(['a-1', 'c-1']);
  });

  it('fails where the database does', async () => {
    await begin('a');
    const reader = readerOf(() => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' });
    });
    await expect(reader.round(() => undefined)).rejects.toThrow('ECONNREFUSED');
  });
});
