import { describe, expect, it } from '@jest/globals';
import { sourcesOf } from './source.js';

const ALL = { allowed: [], blocked: [] };
const page = (url: unknown, title: unknown = 'T', text: unknown = 'text') => ({ url, title, text });
const urls = (...addresses: unknown[]): string[] =>
  sourcesOf(
    addresses.map((address) => page(address)),
    100,
    ALL,
  ).map(({ url }) => url);

describe('sourcesOf', () => {
  it('keeps addresses of the web, each once, in their one form', () => {
    expect(
      urls('https://a.example', 'HTTPS://A.example/', 'http://b.example/x y', 'https://ä.example/'),
    ).toEqual(['https://a.example/', 'http://b.example/x%20y', 'https://xn--4ca.example/']);
  });

  it.each([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['file:///etc/passwd'],
    ['https://'],
    ['//a.example'],
    ['a.example'],
    ['https://user:secret@a.example/'],
    [`https://a.example/${'x'.repeat(3_000)}`],
    [''],
    [7],
    [null],
    [{}],
  ])('leaves out %j', (address) => {
    expect(urls(address)).toEqual([]);
  });

  it('has no address that could end a tag or an attribute', () => {
    const [url = ''] = urls('https://a.example/?q=<b>"#</url><url>"');
    expect(url).toMatch(/^https:\/\/a\.example\//);
    expect(url).not.toMatch(/[<>"\s]/);
  });

  it('makes plain text of one line of whatever a page holds', () => {
    const text = '<p class="x">One</p>\n\u0000\u001b[31mtwo\u202e \u200bthree\u{e0041} \ud800</p>';
    const [source] = sourcesOf([page('https://a.example', '<b>T</b>', text)], 1, ALL);
    expect(source?.title).toBe('T');
    expect(source?.text).toBe('One [31mtwo three \ufffd');
  });

  it('names a page without a title by its address', () => {
    const [source] = sourcesOf([page('https://a.example/', {}, 3)], 1, ALL);
    expect([source?.title, source?.text]).toEqual(['https://a.example/', '']);
  });

  it('is bounded, in number and in length', () => {
    const pages = Array.from({ length: 50 }, (_, index) =>
      page(`https://a.example/${index}`, 'T'.repeat(10_000), 'x'.repeat(1_000_000)),
    );
    const sources = sourcesOf(pages, 3, ALL);
    expect(sources.map(({ title, text }) => [title.length, text.length])).toEqual([
      [200, 1_500],
      [200, 1_500],
      [200, 1_500],
    ]);
  });

  it('is of the hosts that are allowed, and of none that are blocked', () => {
    const pages = ['https://a.example', 'https://www.a.example', 'https://nota.example'].map(
      (url) => page(url),
    );
    const of = (domains: { allowed: string[]; blocked: string[] }): string[] =>
      sourcesOf(pages, 9, domains).map(({ url }) => new URL(url).hostname);
    expect(of({ allowed: ['A.example'], blocked: [] })).toEqual(['a.example', 'www.a.example']);
    expect(of({ allowed: [], blocked: ['a.example'] })).toEqual(['nota.example']);
    expect(of({ allowed: ['a.example'], blocked: ['www.a.example'] })).toEqual(['a.example']);
  });
});
