import { expect, it } from '@jest/globals';
import { annotationsOf } from './answer-parts.js';

it.each([
  [{ url: 'https://a.example', title: 'A' }, 'https://a.example'],
  [{ source: 'https://b.example', title: 'B' }, 'https://b.example'],
  [{ source: 'notes.txt', title: 'C' }, undefined],
  [{ document_title: 'd.txt' }, undefined],
])('%j cites %s', (citation, url) => {
  const annotations = annotationsOf([citation], 3, 8);
  expect(annotations.map((annotation) => annotation.url_citation.url)).toEqual(
    url === undefined ? [] : [url],
  );
  expect(
    annotations.every(
      ({ url_citation: { start_index, end_index } }) => start_index === 3 && end_index === 8,
    ),
  ).toBe(true);
});

it('reads no citations from anything else', () => {
  expect(annotationsOf(null, 0, 1)).toEqual([]);
  expect(annotationsOf([7, null], 0, 1)).toEqual([]);
});
