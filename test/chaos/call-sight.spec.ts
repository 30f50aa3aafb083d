import { describe, expect, it } from '@jest/globals';
import type { CallPlan } from './call-plan.js';
import { CallSight } from './call-sight.js';

const plan: CallPlan = {
  ...{ label: 'kill-1-000001', model: 'sandbox-small', stream: true, tokens: 30, maxTokens: 200 },
  ...{ rate: 30, latency: 0, cached: 0, reasoning: 0 },
};
const piece = (delta: object) =>
  `data: {"choices":[{"index":0,"delta":${JSON.stringify(delta)}}]}\n\n`;
const answer = [{ role: 'assistant', content: '' }, { content: 'the' }, { content: ' fox' }, {}]
  .map(piece)
  .join('');

const SERVER = 'http://127.0.0.1:1';

describe('CallSight', () => {
  it.each([1, 7, 9, 10, 64, 1_000])('counts the pieces of a stream in parts of %i', (length) => {
    const sight = new CallSight(plan, SERVER, 0);
    for (let at = 0; at < answer.length; at += length) sight.take(answer.slice(at, at + length), 0);
    expect(sight.close('left', 0)).toMatchObject({ pieces: 3, bytes: answer.length, recorded: 0 });
  });

  it('tells what was recorded by when the content came, and not the role', () => {
    const sight = new CallSight(plan, SERVER, 0);
    sight.take(piece({ role: 'assistant', content: '' }), 0);
    sight.take(piece({ content: 'the' }), 400);
    sight.take(piece({ content: ' fox' }), 500);
    expect(sight.close('cut', 500).recorded).toBe(0);
    sight.take(piece({ content: ' jumps' }), 800);
    expect(sight.close('cut', 800)).toMatchObject({ pieces: 4, recorded: 1 });
  });

  it('counts none in an answer in one piece', () => {
    const sight = new CallSight({ ...plan, stream: false }, SERVER, 0);
    sight.take(answer, 0);
    expect(sight.close('left', 0)).toMatchObject({ pieces: 0, recorded: 0 });
  });
});
