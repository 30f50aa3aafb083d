import { describe, expect, it } from '@jest/globals';
import { parseDirectives } from './directives.js';
import { decideReply } from './reply.js';
import type { Choice, Message, SandboxRequest } from './types.js';

const TOOL = {
  name: 'get_weather',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const CLOCK = { name: 'get_time', schema: { type: 'object', properties: {} } };

function asking(text: string, changes: Partial<SandboxRequest> = {}): SandboxRequest {
  return {
    model: 'm',
    stream: false,
    includeUsage: false,
    messages: [{ role: 'user', text }],
    tools: [],
    toolChoice: { mode: 'auto' },
    parallelTools: true,
    n: 1,
    stop: [],
    directives: parseDirectives(text),
    ...changes,
  };
}

function only(request: SandboxRequest): Choice {
  const { choices } = decideReply(request);
  expect(choices).toHaveLength(1);
  return choices[0] ?? { reasoning: [], text: [], toolCalls: [], finish: 'stop' };
}

const wellFormed = (text: string): boolean => Buffer.from(text).toString() === text;
const textOf = (request: SandboxRequest): string => only(request).text.join('');
const callsOf = (request: SandboxRequest): string[] =>
  only(request).toolCalls.map((call) => `${call.name}${call.pieces.join('')}`);

describe('the text of a reply', () => {
  it('echoes the last user message without its directives', () => {
    expect(textOf(asking('Hello you [[id=1]]'))).toBe('You said: Hello you');
    expect(textOf(asking('[[id=1]]'))).toBe('Hello from the sandbox.');
  });

  it('is bounded and never ends in half a character', () => {
    const text = textOf(asking('🙂'.repeat(300)));
    expect(text.length).toBeLessThan(220);
    expect(wellFormed(text)).toBe(true);
    expect(wellFormed(textOf(asking(`x${'🙂'.repeat(300)}`)))).toBe(true);
  });

  it.each([1, 64, 5000])('has the %d tokens asked for', (count) => {
    const reply = decideReply(asking(`[[tokens=${count}]]`));
    expect(reply.usage.completionTokens).toBe(count);
    expect(reply.choices[0]?.text.join('').split(' ')).toHaveLength(count);
  });

  it('is JSON when JSON is asked for', () => {
    const json = asking('Hi', { responseFormat: { kind: 'json_object' } });
    expect(JSON.parse(textOf(json))).toEqual({ answer: 'Hi' });
    const schema = asking('Hi', { responseFormat: { kind: 'json_schema', schema: TOOL.schema } });
    expect(JSON.parse(textOf(schema))).toEqual({ city: 'city' });
  });

  it('ends before a stop sequence', () => {
    const { text, finish, stopSequence } = only(asking('one two three', { stop: ['x', ' two'] }));
    expect([text.join(''), finish, stopSequence]).toEqual(['You said: one', 'stop', ' two']);
  });

  it('differs between alternatives', () => {
    const { choices, usage } = decideReply(asking('Hi', { n: 2 }));
    const texts = choices.map((choice) => choice.text.join(''));
    expect(texts).toEqual(['You said: Hi', 'You said (2): Hi']);
    expect(usage.completionTokens).toBe(7);
  });

  it('answers a tool result', () => {
    const messages: Message[] = [
      { role: 'user', text: 'call get_weather [[tool=get_weather]]' },
      { role: 'tool', text: 'sunny' },
    ];
    expect(textOf(asking('', { messages, tools: [TOOL] }))).toBe('The tool answered: sunny');
  });
});

describe('the tool calls of a reply', () => {
  const called = 'get_weather{"city":"city"}';

  it('happen when the text names the tool', () => {
    expect(callsOf(asking('please get_weather', { tools: [CLOCK, TOOL] }))).toEqual([called]);
    expect(callsOf(asking('please', { tools: [TOOL] }))).toEqual([]);
  });

  it('follow the tool choice', () => {
    const tools = [CLOCK, TOOL];
    expect(callsOf(asking('x', { tools, toolChoice: { mode: 'required' } }))).toEqual([
      'get_time{}',
    ]);
    const named = { mode: 'named', name: 'get_weather' } as const;
    expect(callsOf(asking('x', { tools, toolChoice: named }))).toEqual([called]);
    const none = { mode: 'none' } as const;
    expect(callsOf(asking('get_weather', { tools, toolChoice: none }))).toEqual([]);
  });

  it('follow the directives', () => {
    const tools = [CLOCK, TOOL];
    expect(callsOf(asking('[[tool=get_weather]]', { tools }))).toEqual([called]);
    expect(callsOf(asking('[[tool=get_weather tools=2]]', { tools }))).toEqual([
      called,
      'get_weather{"city":"city 2"}',
    ]);
    expect(callsOf(asking('[[tools=2]]', { tools }))).toEqual([
      'get_time{}',
      'get_weather{"city":"city 2"}',
    ]);
    expect(callsOf(asking('[[tools=2]]', { tools, parallelTools: false }))).toEqual(['get_time{}']);
    expect(callsOf(asking('[[tool=never_declared]]', { tools }))).toEqual(['never_declared{}']);
  });
});

describe('the limits of a reply', () => {
  it('cut reasoning, then text', () => {
    const choice = only(asking('[[tokens=9 reasoning=3]]', { maxTokens: 5 }));
    expect([choice.reasoning.length, choice.text.length, choice.finish]).toEqual([3, 2, 'length']);
    const { reasoning, text } = only(asking('[[tokens=9 reasoning=3]]', { maxTokens: 2 }));
    expect([reasoning.length, text.length]).toEqual([2, 0]);
    expect(only(asking('[[tokens=9]]', { maxTokens: 9 })).finish).toBe('stop');
  });

  it('cut the arguments of a tool call', () => {
    const choice = only(asking('[[tool=get_weather]]', { tools: [TOOL], maxTokens: 2 }));
    expect(choice.toolCalls).toEqual([
      { name: 'get_weather', pieces: ['{"city":'], complete: false },
    ]);
    expect(choice.finish).toBe('length');
  });
});

describe('the usage of a reply', () => {
  it('counts a quarter of all characters as prompt', () => {
    const messages: Message[] = [
      { role: 'system', text: 'abcd' },
      { role: 'user', text: 'efghi' },
    ];
    expect(decideReply(asking('', { messages })).usage.promptTokens).toBe(3);
    expect(decideReply(asking('')).usage.promptTokens).toBe(1);
  });

  it('counts reasoning within the completion, and no more cached than there is', () => {
    expect(decideReply(asking('[[tokens=4 reasoning=3 cached=1000]]')).usage).toEqual({
      promptTokens: 9,
      cachedTokens: 9,
      completionTokens: 7,
      reasoningTokens: 3,
    });
  });
});
