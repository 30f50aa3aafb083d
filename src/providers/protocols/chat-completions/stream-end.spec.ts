import { describe, expect, it } from '@jest/globals';
import {
  decode,
  typesOf,
  chunksOf,
  errorsOf,
  chunk,
  HI,
  STOP,
} from '../../../../test/support/chat-stream.js';

describe('the end of a stream', () => {
  it.each([
    ['[DONE] after content', [HI, '[DONE]'], ['end']],
    ['no [DONE], and every choice has finished', [HI, STOP], ['end']],
    ['nothing at all', [], ['error']],
    ['[DONE] alone', ['[DONE]'], ['error']],
    ['no choice ever', [{ choices: [], usage: { prompt_tokens: 1 } }, '[DONE]'], ['error']],
    ['no choice and no [DONE]', [{ choices: [], usage: { prompt_tokens: 1 } }], ['error']],
    ['content that breaks off', [HI], ['error']],
    [
      'one of two choices breaks off',
      [chunk({ content: 'a' }, 'stop'), chunk({ content: 'b' }, null, 1)],
      ['error'],
    ],
    ['something after [DONE]', [HI, '[DONE]', HI, { error: {} }, '[DONE]'], ['end']],
    ['something after an error', [HI, { error: {} }, HI, '[DONE]'], ['error']],
  ])('%s', (_what, events, expected) => {
    const types = typesOf(decode(events)).filter((type) => type === 'end' || type === 'error');
    expect(types).toEqual(expected);
  });
});

describe('an error in a stream', () => {
  it.each([
    [{ error: { message: 'x', code: 429 } }, 'upstream_rate_limited'],
    [{ error: { message: 'x', type: 'overloaded_error' } }, 'overloaded'],
    [{ error: 'overloaded' }, 'upstream_error'],
    [{ object: 'error', message: 'x', code: 400 }, 'invalid_parameter'],
    ['not JSON', 'upstream_error'],
    ['[1]', 'upstream_error'],
    ['null', 'upstream_error'],
  ])('%j → %s, and no end', (event, code) => {
    const outputs = decode([HI, event, '[DONE]']);
    expect(errorsOf(outputs)).toEqual([code]);
    expect(typesOf(outputs).at(-1)).toBe('error');
  });

  it('an event that is named error is one, whatever it holds', () => {
    expect(errorsOf(decode([{ message: 'x', code: 503 }], {}, 'error'))).toEqual(['overloaded']);
  });

  it('an event of white space is nothing', () => {
    expect(typesOf(decode([HI, ' ', '', STOP]))).toEqual(['identity', 'chunk', 'chunk', 'end']);
  });
});

describe('garbage', () => {
  it('never reaches a client as something else than chunks', () => {
    const lists = [[null], [5, 'x'], [[]], [{ delta: 5 }], [{ delta: { tool_calls: 'x' } }]];
    for (const choices of lists) {
      for (const made of chunksOf(decode([{ choices }]))) {
        for (const choice of made.choices) {
          expect(choice).toMatchObject({ index: expect.any(Number), finish_reason: null });
          expect(choice.delta).toEqual({ role: 'assistant' });
        }
      }
    }
  });
});
