import { describe, expect, it } from '@jest/globals';
import type { ChatRequest, ChatTool, ToolChoice } from '../../../core/chat.js';
import { makeTarget } from '../../../../test/support/target.js';
import { toNativeTools } from './tools.js';

const target = makeTarget({ capabilities: { jsonSchema: true } });
const named = (name: string): ChatTool => ({ type: 'function', function: { name } });
const empty = { type: 'object', properties: {} };

function native(fields: Partial<ChatRequest>, at = target) {
  return toNativeTools({ model: 'm', messages: [], ...fields }, at);
}

describe('toNativeTools', () => {
  it('declares functions, with what stands beside their fields', () => {
    const parameters = { type: 'object', properties: { x: { type: 'integer', minimum: 1 } } };
    const tool = {
      type: 'function',
      function: { name: 'f', description: 'F.', parameters, strict: null },
      cache_control: { type: 'ephemeral' },
    } as const;
    expect(native({ tools: [tool, named('g')] }).tools).toEqual([
      {
        name: 'f',
        description: 'F.',
        input_schema: parameters,
        cache_control: { type: 'ephemeral' },
      },
      { name: 'g', input_schema: empty },
    ]);
  });

  it('holds strict functions to the known part of their schema', () => {
    const parameters = { type: 'object', properties: { x: { type: 'integer', minimum: 1 } } };
    const tool = { type: 'function', function: { name: 'f', parameters, strict: true } } as const;
    const schema = {
      type: 'object',
      properties: { x: { type: 'integer', description: 'Constraints: minimum: 1.' } },
      additionalProperties: false,
    };
    expect(native({ tools: [tool] }).tools).toEqual([
      { name: 'f', strict: true, input_schema: schema },
    ]);
    const older = makeTarget({ capabilities: { jsonSchema: false } });
    expect(native({ tools: [tool] }, older).tools).toEqual([
      { name: 'f', input_schema: parameters },
    ]);
  });

  it('leaves nulls out, which the API refuses', () => {
    const tool = {
      type: 'function',
      function: { name: 'f', description: null },
    } as unknown as ChatTool;
    expect(native({ tools: [tool] }).tools).toEqual([{ name: 'f', input_schema: empty }]);
  });

  it("passes the API's own tools", () => {
    const tool = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 };
    expect(native({ tools: [tool] }).tools).toEqual([tool]);
  });

  it.each([
    [{ tools: [{ type: 'web_search', max_uses: 3, search_context_size: 'low' }] }, { max_uses: 3 }],
    [{ web_search: true }, {}],
    [
      {
        web_search_options: {
          user_location: { type: 'approximate', approximate: { country: 'DE' } },
        },
      },
      { user_location: { type: 'approximate', country: 'DE' } },
    ],
  ] as [Partial<ChatRequest>, object][])('web search %j', (fields, options) => {
    const tool = { type: 'web_search_20250305', name: 'web_search', ...options };
    expect(native(fields).tools).toEqual([tool]);
  });

  it.each([
    [undefined, undefined, undefined],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    ['none', false, { type: 'none' }],
    ['auto', undefined, { type: 'auto' }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
    [{ type: 'function', function: { name: 'g' } }, undefined, { type: 'tool', name: 'g' }],
  ] as [ToolChoice | undefined, boolean | undefined, unknown][])(
    'choice %j, parallel %j',
    (choice, parallel, expected) => {
      const fields = {
        tools: [named('f'), named('g')],
        tool_choice: choice,
        parallel_tool_calls: parallel,
      };
      expect(native(fields).tool_choice).toEqual(expected);
    },
  );

  it('offers only the allowed tools', () => {
    const choice: ToolChoice = {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
    };
    expect(native({ tools: [named('f'), named('g')], tool_choice: choice })).toEqual({
      tools: [{ name: 'g', input_schema: empty }],
      tool_choice: { type: 'any' },
    });
  });

  it('sends no choice without tools', () => {
    expect(native({ tool_choice: 'auto', parallel_tool_calls: false })).toEqual({});
  });
});
