import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../../test/support/target.js';
import type { ChatRequest, ChatTool, ToolChoice } from '../../../core/chat.js';
import { nativeTool, toolFields } from './tools.js';

const MODEL = 'gemini-3-flash-preview';
const fn = (name: string, parameters?: Record<string, unknown>): ChatTool => ({
  type: 'function',
  function: { name, ...(parameters ? { parameters } : {}) },
});
const fields = (request: Partial<ChatRequest>, upstreamModel = MODEL) =>
  toolFields({ model: 'm', messages: [], ...request }, makeTarget({ upstreamModel }));

describe('tool_choice', () => {
  const choices: [unknown, unknown][] = [
    ['none', { mode: 'NONE' }],
    ['auto', { mode: 'AUTO' }],
    ['required', { mode: 'ANY' }],
    [
      { type: 'function', function: { name: 'b' } },
      { mode: 'ANY', allowedFunctionNames: ['b'] },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'a' } }] },
      },
      { mode: 'ANY', allowedFunctionNames: ['a'] },
    ],
  ];
  it.each(choices)('%j', (choice, functionCallingConfig) => {
    const request = { tools: [fn('a'), fn('b')], tool_choice: choice as ToolChoice };
    expect(fields(request)['toolConfig']).toEqual({ functionCallingConfig });
  });

  it('with allowed tools and auto declares only those', () => {
    const allowed_tools = {
      mode: 'auto' as const,
      tools: [{ type: 'function', function: { name: 'b' } }],
    };
    const request = {
      tools: [fn('a'), fn('b')],
      tool_choice: { type: 'allowed_tools' as const, allowed_tools },
    };
    expect(fields(request)).toEqual({
      tools: [{ functionDeclarations: [{ name: 'b' }] }],
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
    });
  });

  it('means nothing without functions', () => {
    expect(fields({ tool_choice: 'required' })).toEqual({});
  });
});

describe('functions', () => {
  it.each([
    ['no parameters', undefined],
    ['an empty object', { type: 'object', properties: {}, additionalProperties: false }],
  ])('with %s say nothing of them', (_what, parameters) => {
    expect(fields({ tools: [fn('a', parameters)] })['tools']).toEqual([
      { functionDeclarations: [{ name: 'a' }] },
    ]);
  });

  it('with free keys are described by JSON Schema', () => {
    const parameters = { type: 'object', additionalProperties: { type: 'string' } };
    const declaration = { name: 'a', parametersJsonSchema: parameters };
    expect(fields({ tools: [fn('a', parameters)] })['tools']).toEqual([
      { functionDeclarations: [declaration] },
    ]);
  });
});

describe('tools of Gemini', () => {
  it.each([
    [{ type: 'web_search' }, { googleSearch: {} }],
    [{ type: 'code_execution' }, { codeExecution: {} }],
    [
      { type: 'google_search', google_search: { excludeDomains: ['a'] } },
      { googleSearch: { excludeDomains: ['a'] } },
    ],
    [
      { type: 'file_search', fileSearchStoreNames: ['s'] },
      { fileSearch: { fileSearchStoreNames: ['s'] } },
    ],
    [{ urlContext: {} } as unknown as ChatTool, { urlContext: {} }],
    [{ type: 'custom', custom: { name: 'x' } }, undefined],
  ])('%j', (tool, expected) => {
    expect(nativeTool(tool)).toEqual(expected);
  });

  it.each([
    { web_search_options: {} },
    { web_search: true },
    { tools: [{ type: 'web_search' }], web_search: true },
  ])('search once for %j', (request) => {
    expect(fields(request)).toEqual({ tools: [{ googleSearch: {} }] });
  });

  it('are asked for once, with the options that were given', () => {
    const google_search = { excludeDomains: ['a.example'] };
    const request = { tools: [{ type: 'google_search', google_search }], web_search_options: {} };
    expect(fields(request)).toEqual({ tools: [{ googleSearch: google_search }] });
  });

  it('have to be allowed beside functions, where that is known', () => {
    const request = { tools: [fn('a'), { type: 'web_search' }] };
    expect(fields(request)['toolConfig']).toEqual({ includeServerSideToolInvocations: true });
    expect(fields(request, 'gemini-2.5-flash')['toolConfig']).toBeUndefined();
  });

  it("keep the client's own configuration", () => {
    const toolConfig = { retrievalConfig: { languageCode: 'de' } };
    expect(fields({ tools: [fn('a')], tool_choice: 'none', toolConfig })['toolConfig']).toEqual({
      ...toolConfig,
      functionCallingConfig: { mode: 'NONE' },
    });
  });
});
