import { describe, expect, it } from '@jest/globals';
import { accumulate } from '../../../../test/support/accumulate.js';
import { chunksOf } from '../../../../test/support/chunks.js';
import { makeTarget } from '../../../../test/support/target.js';
import { fromUpstreamResponse } from './response.js';
import { stream } from './stream.js';

function decode(...events: readonly object[]) {
  let state = stream.start(makeTarget());
  const outputs = events.flatMap((body) => {
    const [next, made] = stream.step(state, { event: undefined, data: JSON.stringify(body) });
    state = next;
    return made;
  });
  return [...outputs, ...stream.end(state)];
}

const content = (text: string) => ({
  type: 'content-delta',
  index: 0,
  delta: { message: { content: { text } } },
});
const END = { type: 'message-end', delta: { finish_reason: 'COMPLETE' } };

describe('an answer of which something is left out', () => {
  it('loses no text without its beginning', () => {
    const outputs = decode(content('H'), content('i'), END);
    expect(accumulate(chunksOf(outputs)).choices).toMatchObject([
      { message: { content: 'Hi' }, finish_reason: 'stop' },
    ]);
  });

  it('is none if nothing was said before its end', () => {
    expect(decode({ type: 'debug' }).map(({ type }) => type)).toEqual(['error']);
  });

  it.each([['Hi'], [[{ type: 'text', text: 'Hi' }]]])('has its text from %j', (said) => {
    const body = { message: { content: said, tool_calls: null }, finish_reason: 'COMPLETE' };
    const { completion } = fromUpstreamResponse(body, makeTarget());
    expect(completion.choices[0]?.message.content).toBe('Hi');
  });
});
