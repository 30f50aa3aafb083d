import { describe, expect, it } from '@jest/globals';
import { chunksOf } from '../../../../test/support/chunks.js';
import { makeTarget } from '../../../../test/support/target.js';
import type { ServerSentEvent, StreamOutput } from '../protocol.js';
import { fromUpstreamResponse } from './response.js';
import { stream } from './stream.js';

const TARGET = makeTarget({ upstreamModel: 'us.amazon.nova-2-lite-v1:0' });

function decode(...events: readonly (readonly [name: string, body: unknown])[]): StreamOutput[] {
  let state = stream.start(TARGET);
  const outputs = events.flatMap(([event, body]) => {
    const data = typeof body === 'string' ? body : JSON.stringify(body);
    const given: ServerSentEvent = { event, data };
    const [next, made] = stream.step(state, given);
    state = next;
    return made;
  });
  return [...outputs, ...stream.end(state)];
}

const OWN_TOOL = { toolUseId: 't', name: 'nova_code_interpreter', type: 'server_tool_use' };
const DONE = [
  ['contentBlockDelta', { contentBlockIndex: 9, delta: { text: 'said' } }],
  ['messageStop', { stopReason: 'end_turn' }],
] as const;

describe('tools that Bedrock runs itself', () => {
  it('are no calls of the answer', () => {
    const content = [
      { toolUse: { ...OWN_TOOL, input: { snippet: '1' } } },
      { toolResult: { toolUseId: 't', content: [{ text: '1' }], type: 'nova_result' } },
      { text: 'said' },
    ];
    const body = { output: { message: { content } }, stopReason: 'end_turn' };
    const [choice] = fromUpstreamResponse(body, TARGET).completion.choices;
    expect(choice).toMatchObject({ message: { content: 'said' }, finish_reason: 'stop' });
    expect(choice?.message).not.toHaveProperty('tool_calls');
  });

  it('nor of a stream', () => {
    const outputs = decode(
      ['messageStart', { role: 'assistant' }],
      ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: OWN_TOOL } }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"a":1}' } } }],
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolResult: { toolUseId: 't' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolResult: [{ text: '1' }] } }],
      ...DONE,
    );
    const deltas = chunksOf(outputs).flatMap(({ choices }) => choices.map(({ delta }) => delta));
    expect(deltas.some((delta) => 'tool_calls' in delta)).toBe(false);
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe('said');
  });
});

describe('messages that say nothing', () => {
  it('of a kind that nobody knows may be empty', () => {
    const outputs = decode(['initial-response', ''], ['messageStart', {}], ...DONE);
    expect(outputs.at(-1)).toEqual({ type: 'end' });
  });

  it('of a kind that is known may not', () => {
    expect(decode(['messageStart', ''], ...DONE).map(({ type }) => type)).toEqual(['error']);
  });

  it('a beginning that never came is made up for by the first piece', () => {
    const outputs = decode(...DONE);
    expect(chunksOf(outputs)[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(outputs.at(-1)).toEqual({ type: 'end' });
  });
});
