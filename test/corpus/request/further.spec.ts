import { describe, expect, it } from '@jest/globals';
import { requestDifferences } from '../checks/request.js';
import type { Json } from '../json.js';

const differences = (api: string, recorded: Json, sent: Json): string[] =>
  requestDifferences(
    { api, folder: 'any', request: recorded },
    { method: 'POST', path: '/', headers: {}, body: JSON.stringify(sent) },
  );

describe('outlines of the Responses API', () => {
  const recorded = {
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: 'hi' },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'secret' },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
      { type: 'function_call_output', call_id: 'c', output: 'x' },
    ],
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
    max_output_tokens: 50,
  };
  const { instructions: system, input, ...rest } = recorded;
  const sent = { ...rest, input: [{ role: 'system', content: system }, ...input] };

  it('take instructions and a message of the system for the same', () => {
    expect(differences('responses', recorded, sent)).toEqual([]);
  });

  it.each<[string, Json]>([
    ['system', { input: sent.input.slice(1) }],
    ['turn 1', { input: sent.input.filter(({ type }: Json) => type !== 'reasoning') }],
    ['tools', { tools: [] }],
    ['max_tokens', { max_output_tokens: 51 }],
    ['web_search', { tools: [...sent.tools, { type: 'web_search' }] }],
  ])('see a change of %s', (what, change) => {
    const found = differences('responses', recorded, { ...sent, ...change });
    expect(found[0]).toContain(`request, ${what}`);
  });
});

describe('outlines of Cohere', () => {
  const recorded = {
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'tool', tool_call_id: 'c', content: 'x' },
    ],
    documents: [],
    stop_sequences: ['x'],
  };
  const sent = {
    messages: [{ role: 'user', content: 'hi' }, recorded.messages[1]],
    stop_sequences: ['x'],
  };

  it('take a text and a list with one text for the same', () => {
    expect(differences('chat_v2', recorded, sent)).toEqual([]);
  });

  it.each<[string, Json]>([
    ['turn 0', { messages: [{ role: 'user', content: 'ho' }, recorded.messages[1]] }],
    ['stop', { stop_sequences: ['y'] }],
    ['tool_choice', { tool_choice: 'REQUIRED' }],
    ['documents', { documents: [{ id: 'd' }] }],
  ])('see a change of %s', (what, change) => {
    const found = differences('chat_v2', recorded, { ...sent, ...change });
    expect(found[0]).toContain(`request, ${what}`);
  });
});
