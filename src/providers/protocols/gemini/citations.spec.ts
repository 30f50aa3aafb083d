import { describe, expect, it } from '@jest/globals';
import { annotate, readCitations } from './citations.js';

const web = (uri: string, title = uri) => ({ web: { uri, title } });
const support = (startIndex: number, endIndex: number, text?: string, chunks = [0]) => ({
  segment: { startIndex, endIndex, ...(text === undefined ? {} : { text }) },
  groundingChunkIndices: chunks,
});
const grounding = (supports: unknown[], chunks: unknown[] = [web('https://a.example')]) => ({
  groundingMetadata: { groundingChunks: chunks, groundingSupports: supports },
});
/** [url, start, end] of each annotation. */
function cited(candidate: Record<string, unknown>, content: string) {
  return annotate(readCitations(candidate), content).map(({ url_citation: at }) => [
    at.url,
    at.start_index,
    at.end_index,
  ]);
}

describe('citations', () => {
  it('count characters where Gemini counts bytes', () => {
    const content = '66 °F 😀 fog';
    const bytes = (text: string) => Buffer.byteLength(text);
    const candidate = grounding([support(bytes('66 '), bytes('66 °F 😀'), '°F 😀')]);
    expect(cited(candidate, content)).toEqual([['https://a.example', 3, 8]]);
    expect(content.slice(3, 8)).toBe('°F 😀');
  });

  it('look for the quoted words where the bytes do not hold them', () => {
    expect(cited(grounding([support(0, 3, 'fog')]), 'sun, fog')).toEqual([
      ['https://a.example', 5, 8],
    ]);
  });

  it('end with the text', () => {
    expect(cited(grounding([support(2, 900)]), 'short')).toEqual([['https://a.example', 2, 5]]);
  });

  it('stand once, however often they are told', () => {
    const twice = grounding([support(0, 2), support(0, 2, undefined, [0, 0])]);
    expect(cited(twice, 'text')).toEqual([['https://a.example', 0, 2]]);
  });

  it('need an address', () => {
    const chunks = [{ retrievedContext: { text: 'x' } }, web('https://b.example')];
    expect(cited(grounding([support(0, 2, undefined, [0, 1, 7])], chunks), 'text')).toEqual([
      ['https://b.example', 0, 2],
    ]);
  });

  it('stand at the start where the text does not rest on them in particular', () => {
    expect(cited(grounding([]), 'text')).toEqual([['https://a.example', 0, 0]]);
    const both = [...readCitations(grounding([])), ...readCitations(grounding([support(1, 2)]))];
    expect(annotate(both, 'text')).toHaveLength(1);
  });

  it.each(['citationSources', 'citations'])('are read from %s of citationMetadata', (field) => {
    const source = { startIndex: 1, endIndex: 3, uri: 'https://c.example', title: 'C' };
    const candidate = { citationMetadata: { [field]: [source, { startIndex: 2 }] } };
    expect(annotate(readCitations(candidate), 'text')).toEqual([
      {
        type: 'url_citation',
        url_citation: { url: 'https://c.example', title: 'C', start_index: 1, end_index: 3 },
      },
    ]);
  });
});
