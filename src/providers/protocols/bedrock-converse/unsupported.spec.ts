import { describe, expect, it } from '@jest/globals';
import { makeTarget, type TargetOptions } from '../../../../test/support/target.js';
import type { ChatRequest } from '../../../core/chat.js';
import { unsupportedValues } from './unsupported.js';

const QUESTION: ChatRequest['messages'] = [{ role: 'user', content: 'Hello' }];
const CALLED: ChatRequest['messages'] = [
  ...QUESTION,
  {
    role: 'assistant',
    tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'a', content: 'x' },
];
const NOVA: TargetOptions = {
  upstreamModel: 'us.amazon.nova-2-lite-v1:0',
  capabilities: { reasoning: true, reasoningEfforts: ['none', 'low', 'high'], jsonSchema: true },
};
const CLAUDE: TargetOptions = {
  upstreamModel: 'us.anthropic.claude-opus-4-7',
  capabilities: { reasoning: true, jsonSchema: true },
};
const OLD: TargetOptions = { upstreamModel: 'anthropic.claude-3-5-haiku-20241022-v1:0' };
const LLAMA: TargetOptions = { upstreamModel: 'us.meta.llama3-3-70b-instruct-v1:0' };
const QWEN: TargetOptions = {
  upstreamModel: 'qwen.qwen3-32b-v1:0',
  capabilities: { reasoning: true, temperature: false },
};
const format = (schema: Record<string, unknown>): ChatRequest['response_format'] => ({
  type: 'json_schema',
  json_schema: { name: 'n', schema },
});
const OBJECT = { type: 'object', properties: { a: { type: 'string' } } };

describe('unsupportedValues', () => {
  it.each<[string, TargetOptions, Partial<ChatRequest>, string[]]>([
    ['Claude by its generation', CLAUDE, { temperature: 0.2, top_k: 4 }, ['temperature', 'top_k']],
    ['a format that Claude knows', CLAUDE, { response_format: format(OBJECT) }, []],
    ['a format without a schema', CLAUDE, { response_format: format({}) }, ['response_format']],
    ['a format as a call', OLD, { response_format: format(OBJECT) }, []],
    ['a list as a call', OLD, { response_format: format({ type: 'array' }) }, ['response_format']],
    ['an earlier Claude that should think', OLD, { reasoning_effort: 'low' }, ['reasoning_effort']],
    ['a temperature above 1', LLAMA, { temperature: 1.2 }, ['temperature']],
    ['a forced call', LLAMA, { tool_choice: 'required' }, ['tool_choice']],
    ['a free choice', LLAMA, { tool_choice: 'auto', temperature: 0.9 }, []],
    ['thinking off where there is none', LLAMA, { reasoning_effort: 'none' }, []],
    [
      'thinking off where there is no way',
      QWEN,
      { reasoning_effort: 'none' },
      ['reasoning_effort'],
    ],
    ['a budget', QWEN, { reasoning: { max_tokens: 9 } }, ['reasoning']],
    ['a fixed temperature', QWEN, { temperature: 0.5, top_p: 0.5 }, ['temperature', 'top_p']],
    ['an effort that Nova has', NOVA, { reasoning_effort: 'minimal', max_tokens: 9 }, []],
    ['an effort that Nova lacks', NOVA, { reasoning_effort: 'xhigh' }, ['reasoning_effort']],
    [
      'the limit at the highest effort',
      NOVA,
      { reasoning_effort: 'high', max_completion_tokens: 9 },
      ['max_completion_tokens'],
    ],
    ['no more calls after some', NOVA, { tool_choice: 'none', messages: CALLED }, ['tool_choice']],
    ['no calls at all', NOVA, { tool_choice: 'none' }, []],
    ['an empty stop', NOVA, { stop: ['x', ' '] }, ['stop']],
    ['sound', NOVA, { modalities: ['text', 'audio'] }, ['modalities']],
  ])('%s', (_name, options, fields, expected) => {
    const request = { model: 'm', messages: QUESTION, ...fields };
    expect(unsupportedValues(request, makeTarget(options))).toEqual(expected);
  });
});
