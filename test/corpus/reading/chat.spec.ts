import { describe, expect, it } from '@jest/globals';
import { readBody } from './index.js';

const stream = (...payloads: unknown[]): string =>
  payloads
    .map(
      (payload) => `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`,
    )
    .join('');
const delta = (fields: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});

describe('readBody of chat', () => {
  it('puts deltas together: text, thought, calls by index', () => {
    const reading = readBody(
      'chat',
      stream(
        delta({ role: 'assistant', reasoning_content: 'hm' }),
        delta({ content: 'a' }),
        delta({
          content: 'b',
          tool_calls: [{ index: 0, id: '1', function: { name: 'f', arguments: '{"x"' } }],
        }),
        delta({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
        delta({}, 'stop'),
        '[DONE]',
      ),
    );
    expect(reading.error).toBeUndefined();
    expect(reading.choices[0]).toMatchObject({
      text: 'ab',
      reasoning: ['hm'],
      toolCalls: [{ name: 'f', arguments: { x: 1 } }],
      finish: ['tool_calls'],
    });
  });

  it('says that a stream without an end was broken off', () => {
    const reading = readBody('chat', stream(delta({ content: 'a' })));
    expect(reading.error).toEqual({ status: 502, codes: ['upstream_error'] });
  });

  it('takes an error inside a stream by its number', () => {
    const reading = readBody(
      'chat',
      stream(delta({ content: 'a' }), { error: { message: 'busy', code: 503 } }),
    );
    expect(reading.error).toEqual({ status: 503, codes: ['overloaded'] });
  });

  it.each([
    ['inside', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, 5],
    ['beside', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 18 }, 8],
    ['not to be told', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 40 }, 30],
  ])('counts reasoning that stands %s', (_name, usage, completion) => {
    const told = { ...usage, completion_tokens_details: { reasoning_tokens: 3 } };
    const body = {
      choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }],
      usage: told,
    };
    expect(readBody('chat', JSON.stringify(body)).usage).toMatchObject({
      prompt: 10,
      completion,
      reasoning: 3,
    });
  });

  it('adds audio that Mistral leaves out of the prompt', () => {
    const usage = {
      prompt_tokens: 11,
      completion_tokens: 15,
      total_tokens: 401,
      prompt_tokens_details: { audio_tokens: 375 },
    };
    const body = {
      choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }],
      usage,
    };
    expect(readBody('chat', JSON.stringify(body)).usage).toMatchObject({
      prompt: 386,
      completion: 15,
    });
  });
});
