import { describe, expect, it } from '@jest/globals';
import type { Meter } from '../../core/price.js';
import type { Usage } from '../../core/usage.js';
import { decompose } from './decompose.js';

function split(usage: Partial<Usage>, ...priced: Meter[]) {
  const { units, unpriced } = decompose(
    { promptTokens: 0, completionTokens: 0, ...usage },
    (meter) => priced.includes(meter),
  );
  return { ...Object.fromEntries(units), ...(unpriced.length > 0 && { unpriced }) };
}

describe('decompose', () => {
  it('splits an inclusive prompt and completion into disjoint units', () => {
    const usage = {
      promptTokens: 1_000,
      cachedTokens: 300,
      cachedAudioTokens: 40,
      cacheWrite5mTokens: 100,
      cacheWrite1hTokens: 50,
      promptAudioTokens: 90,
      promptImageTokens: 60,
      completionTokens: 500,
      reasoningTokens: 200,
      completionAudioTokens: 30,
      completionImageTokens: 20,
      webSearches: 2,
    };
    const priced: Meter[] = [
      'input',
      'cache_read',
      'cache_read_audio',
      'cache_write_5m',
      'cache_write_1h',
    ];
    priced.push(
      'input_audio',
      'input_image',
      'output',
      'reasoning',
      'output_audio',
      'output_image',
    );
    expect(split(usage, ...priced, 'web_search', 'request')).toEqual({
      input: 440,
      cache_read: 260,
      cache_read_audio: 40,
      cache_write_5m: 100,
      cache_write_1h: 50,
      input_audio: 50,
      input_image: 60,
      output: 250,
      reasoning: 200,
      output_audio: 30,
      output_image: 20,
      request: 1,
      web_search: 2,
    });
  });

  it('counts what has no price of its own on the wider meter', () => {
    const usage = {
      promptTokens: 100,
      cachedTokens: 30,
      promptAudioTokens: 20,
      promptImageTokens: 10,
    };
    expect(split({ ...usage, completionTokens: 9, reasoningTokens: 4 }, 'input', 'output')).toEqual(
      {
        input: 100,
        output: 9,
      },
    );
  });

  it('takes a cache write without a told time to live for one of five minutes, and the reverse', () => {
    expect(split({ promptTokens: 10, cacheWriteTokens: 10 }, 'input', 'cache_write_5m')).toEqual({
      cache_write_5m: 10,
    });
    expect(split({ promptTokens: 10, cacheWrite5mTokens: 10 }, 'input', 'cache_write')).toEqual({
      cache_write: 10,
    });
    expect(split({ promptTokens: 10, cacheWrite5mTokens: 4 }, 'input')).toEqual({ input: 10 });
  });

  it('never takes an hour of cache for five minutes', () => {
    expect(
      split({ promptTokens: 10, cacheWrite1hTokens: 4 }, 'input', 'cache_write_5m', 'cache_write'),
    ).toEqual({
      input: 6,
      unpriced: ['cache_write_1h'],
    });
  });

  it('counts cached audio as audio where audio is priced apart, else as cached text', () => {
    const usage = {
      promptTokens: 10,
      cachedTokens: 10,
      cachedAudioTokens: 4,
      promptAudioTokens: 4,
    };
    expect(split(usage, 'input', 'cache_read', 'input_audio')).toEqual({
      cache_read: 6,
      input_audio: 4,
    });
    expect(split(usage, 'input', 'cache_read')).toEqual({ cache_read: 10 });
  });

  it('does not let audio, images and searches in the output pass for text', () => {
    const usage = {
      completionTokens: 30,
      completionAudioTokens: 10,
      completionImageTokens: 15,
      webSearches: 1,
    };
    expect(split(usage, 'input', 'output')).toEqual({
      output: 5,
      unpriced: ['output_audio', 'output_image', 'web_search'],
    });
  });

  it('names input and output where even they have no price', () => {
    expect(split({ promptTokens: 1, completionTokens: 1 })).toEqual({
      unpriced: ['input', 'output'],
    });
  });

  it('counts audio and images at most once where part of them came from the cache untold', () => {
    const usage = {
      promptTokens: 100,
      cachedTokens: 80,
      promptAudioTokens: 50,
      promptImageTokens: 50,
    };
    expect(split(usage, 'input', 'cache_read', 'input_audio', 'input_image')).toEqual({
      cache_read: 80,
      input_audio: 20,
    });
  });

  it.each<Partial<Usage>>([
    { promptTokens: 10, cachedTokens: 11 },
    { promptTokens: 10, cachedTokens: 6, cacheWrite5mTokens: 5 },
    { promptTokens: 10, promptAudioTokens: 11 },
    { promptTokens: 10, cachedTokens: 5, promptAudioTokens: 5, cachedAudioTokens: 6 },
    { completionTokens: 10, reasoningTokens: 11 },
    { completionTokens: 10, completionAudioTokens: 6, completionImageTokens: 5 },
    { promptTokens: -1 },
    { promptTokens: 1.5 },
    { completionTokens: Number.NaN },
    { webSearches: -1 },
  ])('refuses usage that contradicts itself: %p', (usage) => {
    expect(() => split(usage, 'input', 'output')).toThrow(RangeError);
  });

  it('counts sources that were read as input, beside the prompt', () => {
    expect(split({ promptTokens: 10, cachedTokens: 4, citationTokens: 7 }, 'input')).toEqual({
      input: 17,
    });
  });
});
