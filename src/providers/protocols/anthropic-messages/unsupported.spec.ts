import { describe, expect, it } from '@jest/globals';
import type { ChatRequest } from '../../../core/chat.js';
import { makeTarget } from '../../../../test/support/target.js';
import { anthropicMessages } from './index.js';

const ask = (fields: Partial<ChatRequest>): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: 'Hi' }],
  ...fields,
});
const at = (upstreamModel: string) =>
  makeTarget({ upstreamModel, capabilities: { jsonSchema: true } });
const refused = (fields: Partial<ChatRequest>, model = 'claude-sonnet-4-5', target = at(model)) =>
  anthropicMessages.unsupportedValues(ask(fields), target);

const jsonSchema = (schema: Record<string, unknown>) =>
  ({ type: 'json_schema', json_schema: { name: 'a', schema } }) as const;
const closed = { type: 'object', properties: { a: { type: 'string' } } };

describe('unsupportedValues', () => {
  it('takes what every model takes', () => {
    const fields = {
      temperature: 1,
      top_p: 1,
      stop: ['END'],
      modalities: ['text'],
      service_tier: 'default',
      tool_choice: 'auto',
      response_format: { type: 'json_object' },
    } as const;
    expect(
      refused(
        { ...fields, stop: [...fields.stop], modalities: [...fields.modalities] },
        'claude-opus-5',
      ),
    ).toEqual([]);
  });

  it.each([
    ['temperature above 1', { temperature: 1.5 }, 'claude-sonnet-4-5', ['temperature']],
    ['a low temperature', { temperature: 0.2 }, 'claude-sonnet-4-5', []],
    [
      'temperature beside thinking',
      { temperature: 0.2, reasoning_effort: 'low' },
      'claude-sonnet-4-5',
      ['temperature'],
    ],
    ['temperature on newer models', { temperature: 0 }, 'claude-opus-4-7', ['temperature']],
    ['both samplings', { temperature: 0.2, top_p: 0.9 }, 'claude-sonnet-4-5', ['top_p']],
    [
      'both samplings on older models',
      { temperature: 0.2, top_p: 0.9 },
      'claude-3-5-haiku-20241022',
      [],
    ],
    [
      'top_p beside thinking',
      { top_p: 0.9, reasoning_effort: 'low' },
      'claude-sonnet-4-5',
      ['top_p'],
    ],
    ['top_p on newer models', { top_p: 0.9 }, 'claude-opus-5', ['top_p']],
    ['top_k on newer models', { top_k: 5 }, 'claude-opus-5', ['top_k']],
    ['top_k', { top_k: 5 }, 'claude-sonnet-4-5', []],
    ['a blank stop sequence', { stop: ['a', '\n'] }, 'claude-sonnet-4-5', ['stop']],
    ['audio out', { modalities: ['text', 'audio'] }, 'claude-sonnet-4-5', ['modalities']],
    ['a flexible tier', { service_tier: 'flex' }, 'claude-sonnet-4-5', ['service_tier']],
    ['another place', { inference_geo: 'us' }, 'claude-sonnet-4-5', ['inference_geo']],
    ['the usual place', { inference_geo: 'global' }, 'claude-sonnet-4-5', []],
    [
      'a tool that runs another model',
      { tools: [{ type: 'advisor_20260301' }] },
      'claude-sonnet-4-5',
      ['tools'],
    ],
    ['a tool of its own', { tools: [{ type: 'bash_20250124' }] }, 'claude-sonnet-4-5', []],
    ['an unknown tool', { tools: [{ type: 'file_search' }] }, 'claude-sonnet-4-5', ['tools']],
    [
      'a forced call beside a budget',
      { tool_choice: 'required', reasoning_effort: 'low' },
      'claude-sonnet-4-5',
      ['tool_choice'],
    ],
    ['a forced call', { tool_choice: 'required' }, 'claude-sonnet-4-5', []],
    [
      'a forced call on newest models',
      { tool_choice: 'required' },
      'claude-opus-5-5',
      ['tool_choice'],
    ],
    [
      'effort without thinking',
      { reasoning_effort: 'low' },
      'claude-3-5-haiku-20241022',
      ['reasoning_effort'],
    ],
    [
      'budget without thinking',
      { reasoning: { max_tokens: 1 } },
      'claude-3-5-haiku-20241022',
      ['reasoning'],
    ],
    [
      'no thinking where it is always on',
      { reasoning_effort: 'none' },
      'claude-fable-5',
      ['reasoning_effort'],
    ],
    ['a schema', { response_format: jsonSchema(closed) }, 'claude-sonnet-4-5', []],
    [
      'a map',
      { response_format: jsonSchema({ type: 'object' }) },
      'claude-sonnet-4-5',
      ['response_format'],
    ],
  ] as [string, Partial<ChatRequest>, string, string[]][])(
    '%s',
    (_name, fields, model, expected) => {
      expect(refused(fields, model)).toEqual(expected);
    },
  );

  it('goes by what the catalogue knows of the model', () => {
    const poor = makeTarget({
      upstreamModel: 'claude-sonnet-4-5',
      capabilities: { jsonSchema: false, temperature: false, webSearch: false, reasoning: false },
    });
    const fields = {
      response_format: jsonSchema(closed),
      temperature: 0,
      web_search: true,
      reasoning_effort: 'low',
    } as const;
    expect(refused(fields, '', poor)).toEqual([
      'temperature',
      'response_format',
      'web_search',
      'reasoning_effort',
    ]);
  });

  it('names the parts of messages that no model takes', () => {
    const audio = { type: 'input_audio' as const, input_audio: { data: '', format: 'wav' } };
    const file = { type: 'file' as const, file: { file_id: 'file-1' } };
    const text = { type: 'text' as const, text: 'Hi' };
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: 'a' },
      { role: 'user', content: [text, audio, file] },
    ];
    expect(refused({ messages })).toEqual(['messages[1].content[1]', 'messages[1].content[2]']);
  });
});
