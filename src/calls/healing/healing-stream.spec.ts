import { describe, expect, it } from '@jest/globals';
import type { ChatChunk, ChunkChoice, ChunkDelta, FinishReason } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import type { AnswerFacts, AnswerHeader, Call, ClientStream } from '../call.js';
import { healedStream } from './healing-stream.js';
import { MAX_ANSWER } from './healing.js';

const HEADER = { callId: 'c' } as AnswerHeader;
const FACTS = { metadata: { requested_model: 'm' } } as AnswerFacts;
const REQUEST = {
  model: 'm',
  messages: [],
  plugins: ['response-healing'],
  response_format: { type: 'json_object' },
} as const;

/** A stream that heals, and what its client was sent. */
function makeStream(request: object = REQUEST) {
  const sent: ChunkChoice[] = [];
  const ends: unknown[] = [];
  const client = {
    isOpen: true,
    isFull: false,
    write: ({ choices }: ChatChunk) => void sent.push(...choices),
    writeFields: (fields: string) => void ends.push(fields),
    finish: (facts: AnswerFacts) => void ends.push(facts),
    fail: (error: GatewayError) => void ends.push(error.code),
  } as unknown as ClientStream;
  return { client, stream: healedStream({ request } as unknown as Call, client), sent, ends };
}

function chunk(delta: ChunkDelta, finish: FinishReason | null = null, index = 0): ChatChunk {
  return { choices: [{ index, delta, finish_reason: finish }] };
}

const textOf = (sent: readonly ChunkChoice[], index = 0): string =>
  sent
    .filter((choice) => choice.index === index)
    .map(({ delta }) => delta.content ?? '')
    .join('');

describe('healedStream', () => {
  it('is the stream of the client itself where nothing is to be healed', () => {
    const { client, stream } = makeStream({ ...REQUEST, plugins: undefined });
    expect(stream).toBe(client);
  });

  it('passes fields as they came while they are JSON', () => {
    const { stream, sent, ends } = makeStream();
    const fields =
      '"choices":[{"index":0,"delta":{"content":"{\\"a\\": \\"x"},"finish_reason":null}]';
    stream.writeFields(fields, HEADER);
    expect([ends, sent]).toEqual([[fields], []]);
  });

  it('holds back from the first doubt on, and heals before the end of the choice', () => {
    const { stream, sent, ends } = makeStream();
    stream.write(chunk({ role: 'assistant', content: '' }), HEADER);
    stream.write(chunk({ content: '```json\n' }), HEADER);
    stream.write(chunk({ content: '{"a": 1,}\n```' }), HEADER);
    expect(textOf(sent)).toBe('');
    stream.write(chunk({}, 'stop'), HEADER);
    expect(sent.slice(1)).toEqual([
      { index: 0, delta: { content: '{"a": 1}' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'stop' },
    ]);
    stream.finish(FACTS);
    const steps = ['code_fence', 'trailing_commas'];
    const report = { healed: true, steps, valid: true };
    expect(ends).toEqual([
      { metadata: { requested_model: 'm', plugins: { response_healing: report } } },
    ]);
  });

  it('heals choices apart, and lets reasoning pass', () => {
    const { stream, sent, ends } = makeStream();
    stream.write(chunk({ content: 'No: {"a":1}' }, null, 1), HEADER);
    stream.write(chunk({ content: '{"a":' }), HEADER);
    stream.write(chunk({ reasoning: 'hm' }), HEADER);
    stream.write(chunk({ content: '"x"}' }, 'stop'), HEADER);
    stream.write(chunk({}, 'stop', 1), HEADER);
    stream.finish(FACTS);
    expect([textOf(sent), textOf(sent, 1)]).toEqual(['{"a":"x"}', '{"a":1}']);
    expect(sent[0]?.delta).toEqual({ reasoning: 'hm' });
    expect(ends).toMatchObject([
      { metadata: { plugins: { response_healing: { healed: true, valid: true } } } },
    ]);
  });

  it('leaves a choice that calls a tool alone', () => {
    const { stream, sent, ends } = makeStream();
    stream.write(chunk({ content: 'I look {it} up' }), HEADER);
    stream.write(chunk({ tool_calls: [{ index: 0, function: { arguments: '{' } }] }), HEADER);
    stream.write(chunk({ content: '!' }, 'tool_calls'), HEADER);
    stream.finish(FACTS);
    expect(textOf(sent)).toBe('I look {it} up!');
    expect(ends).toEqual([FACTS]);
  });

  it('gives what it held as it came where a stream breaks off or nothing can be healed', () => {
    const broken = makeStream();
    broken.stream.write(chunk({ content: '{"a": 1, oh' }), HEADER);
    broken.stream.fail(new GatewayError('upstream_error'));
    expect([textOf(broken.sent), broken.ends]).toEqual(['{"a": 1, oh', ['upstream_error']]);
    const hopeless = makeStream();
    hopeless.stream.write(chunk({ content: '{"a": 1} x' }), HEADER);
    hopeless.stream.write(chunk({ content: 'I cannot.' }, null, 1), HEADER);
    hopeless.stream.finish(FACTS);
    expect(textOf(hopeless.sent, 1)).toBe('I cannot.');
    expect(textOf(hopeless.sent)).toBe('{"a": 1}');
  });

  it('holds no more than its bound', () => {
    const { stream, sent, ends } = makeStream();
    const half = 'x'.repeat(MAX_ANSWER / 2);
    stream.write(chunk({ content: half }), HEADER);
    stream.write(chunk({ content: half }, null, 1), HEADER);
    expect(sent).toEqual([]);
    stream.write(chunk({ content: 'y' }), HEADER);
    expect(textOf(sent)).toBe(`${half}y`);
    stream.finish(FACTS);
    const choices = [{ valid: null }, { valid: false }];
    expect(ends).toMatchObject([{ metadata: { plugins: { response_healing: { choices } } } }]);
  });
});
