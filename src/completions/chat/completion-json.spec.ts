import { describe, expect, it } from '@jest/globals';
import type { AnswerFacts } from '../../calls/index.js';
import type { ChatCompletion } from '../../core/chat.js';
import { chunkFrame, completionJson, usageFrameJson } from './completion-json.js';

const facts: AnswerFacts = {
  callId: 'tx_osm_1',
  created: 1_767_323_045,
  model: 'modèle "1"',
  provider: 'openai',
  usage: { promptTokens: 3, completionTokens: 4, cachedTokens: 2, cacheWrite5mTokens: 1 },
  rateLimits: [],
  costs: [
    ['cost_usd_total', '0.000000000001'],
    ['cost_usd_input', '0.000000000001'],
  ],
  metadata: {
    requested_model: 'モデル',
    requested_provider: null,
    used_model: 'modèle "1"',
    used_provider: 'openai',
    underlying_used_model: 'm',
    routing: {
      attempts: [
        { provider: 'a', status: 503, reason: 'overloaded' },
        { provider: 'openai', status: 200, reason: 'ok' },
      ],
    },
    charged: true,
    dropped_params: ['top_k'],
    cost_basis: 'final',
  },
};

const usage = {
  prompt_tokens: 3,
  completion_tokens: 4,
  total_tokens: 7,
  reasoning_tokens: 0,
  prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0, cache_write_tokens: 1 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
  cost_usd_total: 1e-12,
  cost_usd_input: 1e-12,
};

function completionOf(content: string): ChatCompletion {
  const message = { role: 'assistant', content };
  const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }];
  const own = { id: 'theirs', usage: { prompt_tokens: 9 }, model: 'theirs' };
  return { ...own, choices, 'ключ "k"': 'я' } as unknown as ChatCompletion;
}

describe('completionJson', () => {
  it.each(['plain', 'Größe, 日本, 😀', 'half \ud800 a pair', '"\\\n\u0000', 'é'.repeat(40_000)])(
    'is UTF-8, a byte a character: %j',
    (content) => {
      const completion = completionOf(content);
      const text = completionJson({ completion, facts });
      expect(JSON.parse(Buffer.from(text, 'latin1').toString('utf8'))).toEqual({
        id: 'tx_osm_1',
        object: 'chat.completion',
        created: facts.created,
        model: facts.model,
        choices: completion.choices,
        'ключ "k"': 'я',
        usage,
        metadata: facts.metadata,
      });
    },
  );

  it('tells costs digit for digit', () => {
    expect(completionJson({ completion: completionOf(''), facts })).toContain(
      '"cost_usd_total":0.000000000001,"cost_usd_input":0.000000000001}',
    );
  });

  it('is not touched by the next one', () => {
    const first = completionJson({ completion: completionOf('first'), facts });
    completionJson({ completion: completionOf('second'), facts });
    expect(first).toContain('"content":"first"');
    expect(first).not.toContain('second');
  });
});

describe('the frames of a stream', () => {
  it('are text with all of their characters', () => {
    const [before, after] = chunkFrame(facts, 'openai');
    const json = `${before.slice('data: '.length)}"choices":[]${after}`;
    expect(JSON.parse(json)).toEqual({
      id: 'tx_osm_1',
      object: 'chat.completion.chunk',
      created: facts.created,
      model: facts.model,
      choices: [],
      usage: null,
    });
  });

  it.each([
    ['openai', []],
    ['with-choice', [{ index: 0, delta: {}, finish_reason: null }]],
  ] as const)('end with usage and metadata: %s', (frame, choices) => {
    expect(JSON.parse(usageFrameJson(facts, frame) ?? '')).toMatchObject({
      choices,
      usage,
      metadata: facts.metadata,
    });
    expect(usageFrameJson(facts, 'none')).toBeUndefined();
  });
});
