import { describe, expect, it } from '@jest/globals';
import { requestDifferences } from '../checks/request.js';
import type { Json } from '../json.js';

const differences = (api: string, recorded: Json, sent: Json, folder = 'any'): string[] =>
  requestDifferences(
    { api, folder, request: recorded },
    {
      method: 'POST',
      path: '/',
      headers: {},
      body: JSON.stringify(sent),
    },
  );
const TOOL = {
  name: 'f',
  input_schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
};

describe('requestDifferences', () => {
  it('wants what was asked for, where that was recorded', () => {
    const [api, folder, request] = ['messages', 'any', {}];
    const ask = (operation: string | undefined, path: string) =>
      requestDifferences(
        { api, folder, operation, request },
        { method: 'POST', path, headers: {}, body: '{}' },
      );
    expect(ask('streamRawPredict', '/models/m@1:streamRawPredict?alt=sse')).toEqual([]);
    expect(ask('streamRawPredict', '/models/m@1:rawPredict').join()).toContain('operation');
    expect(ask('messages', '/v1/messages')).toEqual([]);
    expect(ask(undefined, '/v1/anything')).toEqual([]);
  });

  it('takes a string and a list with one text for the same', () => {
    const one = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };
    const other = {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      max_tokens: 5,
      temperature: 1,
    };
    expect(differences('messages', one, other)).toEqual([]);
  });

  it.each<[string, Json]>([
    ['max_tokens', { max_tokens: 6 }],
    ['turn 0', { messages: [{ role: 'user', content: 'ho' }] }],
    [
      'tools',
      {
        tools: [
          {
            ...TOOL,
            input_schema: {
              type: 'object',
              properties: { a: { type: 'number' } },
              required: ['a'],
            },
          },
        ],
      },
    ],
    ['system', { system: 'x' }],
    ['tool_choice', { tool_choice: { type: 'any' } }],
  ])('sees a change of %s', (what, change) => {
    const recorded = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5, tools: [TOOL] };
    expect(differences('messages', recorded, { ...recorded, ...change }).join()).toContain(what);
  });

  it('reads both ways to write Google’s fields, and what a call is given as it is', () => {
    const part = { function_call: { name: 'f', args: { snake_case: 1 } }, thought_signature: 's' };
    const same = { functionCall: { name: 'f', args: { snake_case: 1 } }, thoughtSignature: 's' };
    const contents = (one: Json): Json => ({ contents: [{ role: 'model', parts: [one] }] });
    expect(differences('generateContent', contents(part), contents(same))).toEqual([]);
    expect(
      differences('generateContent', contents(part), contents({ ...same, thoughtSignature: 't' })),
    ).toHaveLength(1);
  });

  it('sees a message that is lost in OpenAI’s shape', () => {
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
    ];
    expect(differences('chat', { messages }, { messages: messages.slice(0, 1) })).not.toEqual([]);
  });

  it('lets only some providers forget earlier thoughts', () => {
    const thinking = { messages: [{ role: 'assistant', content: 'a', reasoning_content: 'hm' }] };
    const plain = { messages: [{ role: 'assistant', content: 'a' }] };
    expect(differences('chat', thinking, plain)).toEqual([]);
    expect(differences('chat', thinking, plain, 'deepseek')).toHaveLength(1);
  });

  it('wants streams of some providers asked for their usage', () => {
    const stream = { messages: [], stream: true };
    expect(differences('chat', stream, stream, 'groq')).toHaveLength(1);
    const asking = { ...stream, stream_options: { include_usage: true } };
    expect(differences('chat', stream, asking, 'groq')).toEqual([]);
  });
});
