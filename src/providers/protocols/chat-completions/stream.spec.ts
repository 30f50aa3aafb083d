import { describe, expect, it } from '@jest/globals';
import type { StreamOutput } from '../protocol.js';
import {
  decode,
  typesOf,
  chunksOf,
  errorsOf,
  chunk,
  HI,
  STOP,
} from '../../../../test/support/chat-stream.js';

describe('a call without arguments', () => {
  const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } };
  const argumentsIn = (outputs: readonly StreamOutput[]) =>
    chunksOf(outputs).flatMap(({ choices }) =>
      (choices[0]?.delta.tool_calls ?? []).map((told) => told.function?.arguments),
    );

  it.each([
    ['at its end', [chunk({}, 'tool_calls'), '[DONE]'], ['', '{}']],
    ['in the chunk of its end', [chunk({ tool_calls: [] }, 'stop')], ['', '{}']],
    ['where no reason is told', ['[DONE]'], ['', '{}']],
    ['once, where the end is told twice', [chunk({}, 'stop'), chunk({}, 'stop')], ['', '{}']],
    ['and not where it was cut', [chunk({}, 'length'), '[DONE]'], ['']],
  ])('is given empty ones %s', (_when, events, expected) => {
    expect(argumentsIn(decode([chunk({ tool_calls: [call] }), ...events]))).toEqual(expected);
  });
});

describe('a stream', () => {
  it('gives identity, chunks, usage and end', () => {
    const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } };
    const outputs = decode([HI, STOP, usage, '[DONE]']);
    expect(typesOf(outputs)).toEqual(['identity', 'chunk', 'chunk', 'usage', 'end']);
    expect(outputs[0]).toEqual({ type: 'identity', upstreamId: 'up-1', upstreamModel: 'native' });
    expect(outputs[3]).toMatchObject({ usage: { promptTokens: 1, completionTokens: 2 } });
    expect(chunksOf(outputs)).toEqual([
      { choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ]);
  });

  it.each([
    ['before the figures', [{ ...HI, service_tier: 'flex' }, STOP]],
    ['behind them', [HI, { ...STOP, service_tier: 'flex' }]],
    [
      'and is empty elsewhere',
      [
        { ...HI, service_tier: 'flex' },
        { ...STOP, service_tier: '' },
      ],
    ],
  ])('prices its figures by the tier that another chunk tells, %s', (_where, [first, last]) => {
    const figures = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } };
    const usages = decode([first, figures, last, '[DONE]']).flatMap((output) =>
      output.type === 'usage' ? [output.usage] : [],
    );
    expect(usages.at(-1)).toEqual({ promptTokens: 1, completionTokens: 2, serviceTier: 'flex' });
  });

  it.each(['[DONE]', ' [DONE]', '[DONE] '])('ends with %j', (mark) => {
    expect(typesOf(decode([HI, STOP, mark])).at(-1)).toBe('end');
  });

  it('tells what a filter says of the prompt with the first choice, and whose answer it is', () => {
    const filter = { id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] };
    const outputs = decode([filter, HI, STOP, '[DONE]']);
    expect(typesOf(outputs)).toEqual(['identity', 'chunk', 'chunk', 'end']);
    expect(outputs[0]).toEqual({ type: 'identity', upstreamId: 'up-1', upstreamModel: 'native' });
    const [first, last] = chunksOf(outputs);
    expect(first).toMatchObject({ prompt_filter_results: [{ prompt_index: 0 }] });
    expect(first?.choices).toHaveLength(1);
    expect(last).not.toHaveProperty('prompt_filter_results');
  });

  it('fails where nothing comes after what a filter says of the prompt', () => {
    const filter = { choices: [], prompt_filter_results: [] };
    expect(errorsOf(decode([filter, '[DONE]']))).toEqual(['upstream_error']);
    expect(errorsOf(decode([filter]))).toEqual(['upstream_error']);
  });

  it('says the role once a choice, whatever the provider does', () => {
    const deltas = [{ content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'assistant' }];
    const events = [...deltas.map((delta) => chunk(delta)), chunk({ content: 'c' }, null, 1), STOP];
    const roles = chunksOf(decode(events)).map(({ choices }) => choices[0]?.delta.role);
    expect(roles).toEqual(['assistant', undefined, undefined, 'assistant', undefined]);
  });

  it('keeps what nobody knows', () => {
    const event = { ...HI, x: 1, choices: [{ index: 0, delta: { content: 'a', y: 2 }, z: 3 }] };
    expect(chunksOf(decode([event]))).toMatchObject([
      { x: 1, choices: [{ delta: { y: 2 }, z: 3 }] },
    ]);
  });

  it('each usage takes the place of the one before, also beside content', () => {
    const events = [1, 2].map((completion_tokens) => ({
      ...HI,
      usage: { prompt_tokens: 5, completion_tokens },
    }));
    const outputs = decode([...events, STOP]);
    expect(typesOf(outputs)).toEqual([
      'identity',
      'chunk',
      'usage',
      'chunk',
      'usage',
      'chunk',
      'end',
    ]);
    expect(chunksOf(outputs)[0]).not.toHaveProperty('usage');
  });

  it('reads a whole message that came in place of a delta', () => {
    const event = {
      choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    };
    expect(chunksOf(decode([event]))).toEqual([
      {
        choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      },
    ]);
  });

  it('words reasoning as the gateway does', () => {
    expect(chunksOf(decode([chunk({ content: null, reasoning_content: 'hm' })]))).toEqual([
      {
        choices: [
          {
            index: 0,
            delta: { role: 'assistant', content: null, reasoning: 'hm' },
            finish_reason: null,
          },
        ],
      },
    ]);
  });
});

describe('how a choice finishes', () => {
  const finishes = (...events: unknown[]) =>
    chunksOf(decode(events)).map(({ choices }) => choices[0]?.finish_reason);

  it('once, however often the provider says so', () => {
    expect(finishes(HI, STOP, STOP)).toEqual([null, 'stop', null]);
  });

  it('an empty reason is none', () => {
    expect(finishes(chunk({ content: 'a' }, ''), STOP)).toEqual([null, 'stop']);
  });

  it('by calling tools where it did, whatever the provider says', () => {
    const call = chunk({
      tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }],
    });
    expect(finishes(call, STOP)).toEqual([null, 'tool_calls']);
    expect(finishes(call, chunk({}, 'length'))).toEqual([null, 'length']);
  });

  it('in a word of the provider’s own, which is kept beside ours', () => {
    expect(chunksOf(decode([chunk({}, 'eos')]))).toMatchObject([
      { choices: [{ finish_reason: 'stop', native_finish_reason: 'eos' }] },
    ]);
  });

  it('at [DONE], where the provider never told why it ended', () => {
    const call = chunk({
      tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }],
    });
    expect(finishes(HI, '[DONE]')).toEqual([null, 'stop']);
    expect(finishes(call, chunk({}, ''), '[DONE]')).toEqual([null, null, 'tool_calls']);
    expect(finishes(HI, STOP, '[DONE]')).toEqual([null, 'stop']);
    const [, last] = chunksOf(decode([chunk({ content: 'a' }, null, 1), '[DONE]']));
    expect(last?.choices).toEqual([{ index: 1, delta: {}, finish_reason: 'stop' }]);
  });

  it('by failing', () => {
    for (const reason of ['error', 'insufficient_system_resource'])
      expect(errorsOf(decode([HI, chunk({}, reason), '[DONE]']))).toEqual(['overloaded']);
  });
});
