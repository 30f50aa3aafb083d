import { describe, expect, it } from '@jest/globals';
import { annotationsOf } from './citations.js';

const cited = (url: string, title: string, start_index: number, end_index: number) => ({
  type: 'url_citation',
  url_citation: { url, title, start_index, end_index },
});

describe('annotationsOf', () => {
  it('stand where the text refers to them, with their titles', () => {
    const body = {
      citations: ['https://a.example', 'https://b.example'],
      search_results: [{ url: 'https://b.example', title: 'B' }],
    };
    expect(annotationsOf(body, 'High[2] tide[1] at noon[2].')).toEqual([
      cited('https://a.example', 'https://a.example', 12, 15),
      cited('https://b.example', 'B', 4, 7),
      cited('https://b.example', 'B', 23, 26),
    ]);
  });

  it('stand at 0 where the text does not refer to them', () => {
    expect(annotationsOf({ citations: ['https://a.example'] }, 'High tide.')).toEqual([
      cited('https://a.example', 'https://a.example', 0, 0),
    ]);
  });

  it('are those of the results where there is no list of addresses', () => {
    const results = [{ url: 'https://a.example', title: null }, { title: 'no address' }, 7];
    expect(annotationsOf({ search_results: results }, '')).toEqual([
      cited('https://a.example', 'https://a.example', 0, 0),
    ]);
  });

  it.each([[{}], [{ citations: null }], [{ citations: [7, ''] }], [{ search_results: {} }]])(
    'are none for %j',
    (body) => expect(annotationsOf(body, '[1]')).toEqual([]),
  );
});
