import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import type { ChatRequest } from '../../core/chat.js';
import type { ParameterRule } from '../../core/provider.js';
import { isDefault, planParameters } from './parameters.js';
import type { ChatProtocol } from './protocol.js';

/** A dialect of which only the rules matter. */
function protocolOf(rules: Record<string, ParameterRule>, other: ParameterRule): ChatProtocol {
  return {
    parameters: rules,
    otherParameters: other,
    unsupportedValues: (request: ChatRequest) => ('bad' in request ? ['bad.path'] : []),
  } as unknown as ChatProtocol;
}

const PROTOCOL = protocolOf(
  {
    passed: { rule: 'pass' },
    translated: { rule: 'translate' },
    old: { rule: 'rename', to: 'fresh' },
    n: { rule: 'refuse' },
    user: { rule: 'drop' },
  },
  { rule: 'pass' },
);

function plan(parameters: Record<string, unknown>, protocol = PROTOCOL, quirks = {}) {
  const request = { model: 'm', messages: [], ...parameters } as ChatRequest;
  const {
    request: planned,
    dropped,
    refused,
  } = planParameters(request, protocol, makeTarget({ provider: { quirks } }));
  const { model: _model, messages: _messages, ...rest } = planned;
  return { rest, dropped, refused };
}

describe('planParameters', () => {
  it('does with each parameter what its rule says', () => {
    expect(plan({ passed: 1, translated: 2, old: 3, n: 4, user: 'u', other: 5 })).toEqual({
      rest: { passed: 1, translated: 2, fresh: 3, other: 5 },
      dropped: ['user'],
      refused: ['n'],
    });
  });

  it('a refused or dropped parameter with OpenAI’s default counts as absent', () => {
    expect(plan({ n: 1 })).toEqual({ rest: {}, dropped: [], refused: [] });
  });

  it('a default that may be sent is sent', () => {
    expect(plan({ temperature: 1 }).rest).toEqual({ temperature: 1 });
  });

  it('absent is absent', () => {
    expect(plan({ n: undefined, user: undefined, passed: undefined })).toEqual({
      rest: {},
      dropped: [],
      refused: [],
    });
  });

  it('a parameter under its real name goes before the one that is renamed to it', () => {
    expect(plan({ old: 1, fresh: 2 }).rest).toEqual({ fresh: 2 });
    expect(plan({ fresh: 2, old: 1 }).rest).toEqual({ fresh: 2 });
  });

  it('a provider’s own rule goes before the protocol’s', () => {
    const quirks = { parameters: { passed: { rule: 'drop' }, n: { rule: 'pass' } } };
    expect(plan({ passed: 1, n: 4 }, PROTOCOL, quirks)).toEqual({
      rest: { n: 4 },
      dropped: ['passed'],
      refused: [],
    });
  });

  it('what no rule names follows the rule of the rest', () => {
    const strict = protocolOf({}, { rule: 'drop' });
    expect(plan({ other: 1, constructor: 2 }, strict)).toEqual({
      rest: {},
      dropped: ['other', 'constructor'],
      refused: [],
    });
    expect(plan({ constructor: 2 }).rest).toEqual({ constructor: 2 });
  });

  it('no rule touches what every protocol reads itself', () => {
    const strict = protocolOf({ stream: { rule: 'drop' } }, { rule: 'refuse' });
    const request = { stream: true, stream_options: { include_usage: true } };
    expect(plan(request, strict)).toEqual({ rest: request, dropped: [], refused: [] });
  });

  it('values that the protocol refuses are refused beside parameters', () => {
    expect(plan({ n: 2, bad: 1 }).refused).toEqual(['n', 'bad.path']);
  });
});

describe('isDefault', () => {
  it.each([
    ['n', 1, 2],
    ['temperature', 1, 0],
    ['top_p', 1, 0.9],
    ['frequency_penalty', 0, 1],
    ['presence_penalty', 0, -1],
    ['logprobs', false, true],
    ['top_logprobs', 0, 1],
    ['logit_bias', {}, { '1': 1 }],
    ['parallel_tool_calls', true, false],
    ['store', false, true],
    ['service_tier', 'auto', 'flex'],
    ['response_format', { type: 'text' }, { type: 'json_object' }],
    ['modalities', ['text'], ['text', 'audio']],
    ['tool_choice', 'auto', 'none'],
    ['web_search', false, true],
  ])('%s: %j is, %j is not', (name, value, other) => {
    expect([isDefault(name, value), isDefault(name, other)]).toEqual([true, false]);
  });

  it('a parameter without a default has none', () => {
    for (const name of ['seed', 'constructor', 'toString']) expect(isDefault(name, 0)).toBe(false);
  });
});
