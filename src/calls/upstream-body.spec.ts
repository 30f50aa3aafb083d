import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../core/errors.js';
import { CollectedBody } from './upstream-body.js';

function bodyOf(...pieces: readonly string[]): CollectedBody {
  const body = new CollectedBody();
  for (const piece of pieces) body.add(Buffer.from(piece));
  return body;
}

/** What is told of the failure, or the value that came in its place. */
function outcomeOf(body: CollectedBody): unknown {
  try {
    return body.json();
  } catch (error) {
    return error instanceof GatewayError ? `${error.code}: ${error.detail ?? ''}` : error;
  }
}

/** An answer that tells twenty probabilities for each of so many tokens, as OpenAI writes them. */
function withProbabilities(tokens: number): string {
  const one = { token: 'four', logprob: -1.5, bytes: [102, 111, 117, 114] };
  const content = Array<object>(tokens).fill({ ...one, top_logprobs: Array(20).fill(one) });
  return JSON.stringify({ choices: [{ index: 0, logprobs: { content } }] });
}

describe('the collected body of an answer', () => {
  it('is put together across its pieces, characters too', () => {
    const bytes = Buffer.from('{"a":"ü"}');
    const body = new CollectedBody();
    for (const byte of bytes) body.add(Buffer.from([byte]));
    expect(body.json()).toEqual({ a: 'ü' });
  });

  it('may tell all probabilities of a long answer', () => {
    expect(outcomeOf(bodyOf(withProbabilities(5_000)))).toMatchObject({ choices: [{ index: 0 }] });
  });

  it.each([
    ['of objects', '{},'],
    ['of arrays', '[],'],
    ['of numbers', '1,1,'],
  ])('is not built when it is a heap %s', (_what, items) => {
    expect(outcomeOf(bodyOf('{"choices":[', items.repeat(500_000), '1]}'))).toBe(
      'upstream_error: the answer has more than 1000000 elements (fields, items, objects and arrays)',
    );
  });

  it('is not built when it nests too deeply', () => {
    expect(outcomeOf(bodyOf('['.repeat(65), ']'.repeat(65)))).toBe(
      'upstream_error: the answer nests deeper than 64 levels',
    );
  });

  it('tells how it begins when it is no JSON', () => {
    expect(outcomeOf(bodyOf('Bad ', 'gateway'))).toBe(
      'upstream_error: the answer is not JSON; it begins with "Bad gateway"',
    );
  });

  it('ends at 32 MiB', () => {
    const body = new CollectedBody();
    const half = Buffer.alloc(16 * 1024 * 1024);
    body.add(half);
    body.add(half);
    expect(() => body.add(Buffer.from('1'))).toThrow(GatewayError);
  });
});
