import { describe, expect, it } from '@jest/globals';
import { directivesFromMetadata, parseDirectives, withoutDirectives } from './directives.js';

describe('parseDirectives', () => {
  it('reads every key of a block', () => {
    const text =
      'Hi [[id=abc tokens=64 rate=200 latency=150 error=429 code=insufficient_quota retry_after=2 ' +
      'cut=5 stall=6 error_after=7 tool=get_weather tools=2 reasoning=9 cached=10 garbage=html ' +
      'bad_json=fence finish=length no_usage=1 big=11]]';
    expect(parseDirectives(text)).toEqual({
      id: 'abc',
      tokens: 64,
      rate: 200,
      latency: 150,
      error: 429,
      code: 'insufficient_quota',
      retryAfter: 2,
      cut: 5,
      stall: 6,
      errorAfter: 7,
      tool: 'get_weather',
      tools: 2,
      reasoning: 9,
      cached: 10,
      garbage: 'html',
      badJson: 'fence',
      finish: 'length',
      noUsage: true,
      big: 11,
    });
  });

  it.each([
    '[[wiki]]',
    '[[color=red]]',
    '[[tokens=-1]]',
    '[[tokens=1e9]]',
    '[[tokens=1000001]]',
    '[[tokens=]]',
  ])('makes nothing of %s', (text) => expect(parseDirectives(text)).toEqual({}));

  it.each(['[[error=418]]', '[[rate=0]]', '[[garbage=xml]]', '[[finish=stop]]', '[[__proto__=1]]'])(
    'refuses the value in %s',
    (text) => expect(parseDirectives(text)).toEqual({}),
  );

  it('lets a later block win', () => {
    expect(parseDirectives('[[tokens=1 id=a]] and [[tokens=2]]')).toEqual({ tokens: 2, id: 'a' });
  });

  it('is quick with hostile text', () => {
    const startedAt = performance.now();
    parseDirectives('[[a='.repeat(200_000));
    // A pass for each block would take far longer.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('withoutDirectives', () => {
  it('removes blocks and keeps other brackets', () => {
    expect(withoutDirectives('Say [[tokens=1]] it [[wiki]]')).toBe('Say it [[wiki]]');
  });
});

describe('directivesFromMetadata', () => {
  it('reads strings with the prefix only', () => {
    const metadata = {
      sandbox_tokens: '64',
      tokens: '1',
      metadatarate: '7',
      sandbox_rate: 5,
      sandbox_id: 'x',
    };
    expect(directivesFromMetadata(metadata)).toEqual({ tokens: 64, id: 'x' });
    expect(directivesFromMetadata(undefined)).toEqual({});
  });
});
