import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../../test/support/target.js';
import { unsupportedValues } from './unsupported.js';

const fn = { type: 'function', function: { name: 'a' } };
const refused = (fields: Record<string, unknown>, upstreamModel = 'gemini-2.5-flash') =>
  unsupportedValues({ model: 'm', messages: [], ...fields }, makeTarget({ upstreamModel }));

describe('unsupportedValues', () => {
  it.each([
    [{ n: 8 }, []],
    [{ n: 9 }, ['n']],
    [{ stop: ['a', 'b', 'c', 'd', 'e', 'f'] }, ['stop']],
    [{ logprobs: true, top_logprobs: 21 }, ['top_logprobs']],
    [{ parallel_tool_calls: true }, []],
    [{ parallel_tool_calls: false }, ['parallel_tool_calls']],
    [{ service_tier: 'flex' }, []],
    [{ service_tier: 'scale' }, ['service_tier']],
    [{ verbosity: 'medium' }, []],
    [{ verbosity: 'high' }, ['verbosity']],
    [{ tool_choice: { type: 'custom', custom: { name: 'a' } } }, ['tool_choice']],
    [{ audio: { voice: 'Kore', format: 'pcm16' } }, []],
    [{ audio: { voice: 'Kore', format: 'wav' } }, ['audio.format']],
    [{ tools: [fn, { type: 'custom' }] }, ['tools[1].type']],
    [
      { tools: [{ type: 'web_search', user_location: {}, max_uses: 3 }] },
      ['tools[0].user_location', 'tools[0].max_uses'],
    ],
    [
      { web_search_options: { search_context_size: 'high' } },
      ['web_search_options.search_context_size'],
    ],
    [{ web_search_options: { search_context_size: 'medium' } }, []],
  ])('%j', (fields, expected) => {
    expect(refused(fields)).toEqual(expected);
  });

  it.each([
    [{ tools: [fn], response_format: { type: 'json_object' } }, ['response_format']],
    [{ tools: [fn, { type: 'web_search' }] }, ['tools[1]']],
    [{ tools: [fn], web_search_options: {} }, ['web_search_options']],
    [{ tools: [fn], web_search: true }, ['web_search']],
  ])('before the third generation %j', (fields, expected) => {
    expect(refused(fields)).toEqual(expected);
    expect(refused(fields, 'gemini-3-flash-preview')).toEqual([]);
  });

  it('wants speech of a model that only speaks', () => {
    expect(refused({}, 'gemini-2.5-flash-preview-tts')).toEqual(['modalities']);
    expect(refused({ modalities: ['text', 'audio'] }, 'gemini-2.5-flash-preview-tts')).toEqual([]);
  });
});
