import { describe, expect, it } from '@jest/globals';
import { fromChat } from './chat.js';
import { fromGenerateContent } from './generate-content.js';
import { fromMessages } from './messages.js';

describe('fromMessages', () => {
  it('says a conversation with tools and thoughts in OpenAI’s words', () => {
    const { body, lost } = fromMessages({
      model: 'm',
      max_tokens: 9,
      system: 'be brief',
      stop_sequences: ['x'],
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 's' },
            { type: 'tool_use', id: 't1', name: 'f', input: { x: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: 'done' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
          ],
        },
      ],
    });
    expect(lost).toEqual([]);
    expect(body).toEqual({
      max_tokens: 9,
      stop: ['x'],
      reasoning: { max_tokens: 1_024 },
      tool_choice: 'required',
      parallel_tool_calls: false,
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 't1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          ],
          reasoning_details: [
            {
              type: 'reasoning.text',
              text: 'hm',
              signature: 's',
              format: 'anthropic-claude-v1',
              index: 0,
            },
          ],
        },
        { role: 'tool', tool_call_id: 't1', content: 'done' },
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }],
        },
      ],
    });
  });

  it('names what it cannot say', () => {
    const image = { type: 'image', source: { type: 'file', file_id: 'f' } };
    expect(fromMessages({ messages: [{ role: 'user', content: [image] }] }).lost).toEqual([
      'image by file',
    ]);
  });
});

describe('fromGenerateContent', () => {
  it('gives calls without an id one, which their results find by name', () => {
    const { body } = fromGenerateContent({
      contents: [
        {
          role: 'model',
          parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 's' }],
        },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { ok: true } } }] },
      ],
      generationConfig: { maxOutputTokens: 5, thinkingConfig: { thinkingBudget: 0 } },
      tools: [
        {
          function_declarations: [
            { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } },
          ],
        },
      ],
    });
    expect(body).toEqual({
      max_tokens: 5,
      reasoning_effort: 'none',
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            parameters: { type: 'object', properties: { a: { type: 'string' } } },
          },
        },
      ],
      messages: [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'call_0_0',
              type: 'function',
              function: { name: 'f', arguments: '{}' },
              extra_content: { google: { thought_signature: 's' } },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'call_0_0', content: '{"ok":true}' },
      ],
    });
  });
});

describe('fromChat', () => {
  it('keeps what it does not know and puts Mistral’s words right', () => {
    const { body } = fromChat({
      model: 'm',
      stream: true,
      random_seed: 3,
      tool_choice: 'any',
      safe_prompt: true,
      tools: [{ function: { name: 'f' } }],
      messages: [
        {
          role: 'assistant',
          content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }],
        },
      ],
    });
    expect(body).toEqual({
      seed: 3,
      tool_choice: 'required',
      safe_prompt: true,
      tools: [{ type: 'function', function: { name: 'f' } }],
      messages: [{ role: 'assistant', content: [], reasoning: 'hm' }],
    });
  });
});
