import { describe, expect, it } from '@jest/globals';
import { closeOf } from '../../../test/support/journal.js';
import type { UseEntry } from '../quota/quota.js';
import { fencedUse } from './fenced-use.js';

const closed = (entry: UseEntry, openedAt: number | undefined) => ({
  close: closeOf('c', '0', { quotas: [entry] }),
  openedAt,
  segment: 'a',
});

describe('what a call takes of a process that was fenced', () => {
  it.each<[string, UseEntry, UseEntry, string]>([
    [
      'a final figure',
      ['q', 7, '1', '0.25', '0.25', '0'],
      ['q', 7, '1', '0.25', '0.25', '0'],
      '0.75',
    ],
    [
      'an estimate',
      ['q', 7, '1', '0.25', '0.25', '0.75'],
      ['q', 7, '1', '0.25', '0.25', '0.75'],
      '0',
    ],
    // What it took beyond its hold was of a slice that was released when the process was fenced.
    ['an excess', ['q', 7, '1', '1.5', '2', '0'], ['q', 7, '1', '1', '2', '0'], '0'],
    ['a slot', ['q', 7, '1', '0', '0', '0'], ['q', 7, '1', '0', '0', '0'], '1'],
  ])('open when it was fenced: its whole hold leaves the slice: %s', (_what, entry, used, rest) => {
    expect(fencedUse(closed(entry, 5), 5)).toEqual([[...used, rest]]);
  });

  it.each([6, undefined])(
    'opened later: there is no lease, and it costs all the same',
    (openedAt) => {
      const entry: UseEntry = ['q', 7, '1', '0.25', '0.3', '0.75'];
      expect(fencedUse(closed(entry, openedAt), 5)).toEqual([['q', 7, '0', '0', '0.3', '0', '0']]);
    },
  );
});
