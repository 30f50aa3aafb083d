import { describe, expect, it } from '@jest/globals';
import { accumulate } from '../../../../test/support/accumulate.js';
import { makeTarget } from '../../../../test/support/target.js';
import type { StreamOutput } from '../protocol.js';
import { stream } from './stream.js';

const target = makeTarget();
const START = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 9, output_tokens: 1 } },
};
const STOP = { type: 'message_stop' };
const start = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const delta = (index: number, piece: object) => ({
  type: 'content_block_delta',
  index,
  delta: piece,
});
const stop = (index: number) => ({ type: 'content_block_stop', index });
const because = (reason: string) => ({
  type: 'message_delta',
  delta: { stop_reason: reason },
  usage: { output_tokens: 5 },
});
const text = (index: number, said: string) => delta(index, { type: 'text_delta', text: said });

function decode(events: readonly unknown[]): StreamOutput[] {
  let state = stream.start(target);
  const outputs: StreamOutput[] = [];
  for (const event of events) {
    const data = typeof event === 'string' ? event : JSON.stringify(event);
    const [next, made] = stream.step(state, { event: undefined, data });
    state = next;
    outputs.push(...made);
  }
  return [...outputs, ...stream.end(state)];
}

const completionOf = (events: readonly unknown[]) =>
  accumulate(decode(events).flatMap((output) => (output.type === 'chunk' ? [output.chunk] : [])));
const codesOf = (outputs: StreamOutput[]) =>
  outputs.flatMap((output) => (output.type === 'error' ? [output.error.code] : []));

describe('a stream', () => {
  it('numbers only calls of functions, and names each once', () => {
    const outputs = decode([
      START,
      start(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      stop(0),
      start(1, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: '' }),
      delta(1, { type: 'input_json_delta', partial_json: '{"x"' }),
      delta(1, { type: 'input_json_delta', partial_json: ': 1}' }),
      stop(1),
      start(2, { type: 'tool_use', id: 'b', name: 'g', input: {} }),
      stop(2),
      start(3, { type: 'tool_use', id: 'c', name: 'h', input: { y: 2 } }),
      because('tool_use'),
      STOP,
    ]);
    const calls = outputs.flatMap((output) =>
      output.type === 'chunk' ? (output.chunk.choices[0]?.delta.tool_calls ?? []) : [],
    );
    expect(calls).toEqual([
      { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 0, function: { arguments: '{"x"' } },
      { index: 0, function: { arguments: ': 1}' } },
      { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
      { index: 1, function: { arguments: '{}' } },
      { index: 2, id: 'c', type: 'function', function: { name: 'h', arguments: '' } },
      { index: 2, function: { arguments: '{"y":2}' } },
    ]);
    expect(outputs.at(-1)).toEqual({ type: 'end' });
  });

  it('places citations over the whole of their block, whenever they come', () => {
    const citation = { type: 'web_search_result_location', url: 'https://a.example', title: null };
    const document = { type: 'char_location', document_title: 'a.txt' };
    const completion = completionOf([
      START,
      start(0, { type: 'text', text: 'One. ' }),
      stop(0),
      start(1, { type: 'text', text: '' }),
      delta(1, { type: 'citations_delta', citation }),
      delta(1, { type: 'citations_delta', citation: document }),
      text(1, 'Two.'),
      stop(1),
      because('end_turn'),
      STOP,
    ]);
    expect(completion.choices[0]?.message).toMatchObject({
      content: 'One. Two.',
      annotations: [
        {
          type: 'url_citation',
          url_citation: { url: 'https://a.example', title: '', start_index: 5, end_index: 9 },
        },
      ],
    });
  });

  it('tells the citations of all blocks in one piece, before its finish reason', () => {
    const cited = (index: number, url: string) => [
      start(index, { type: 'text', text: '' }),
      delta(index, { type: 'citations_delta', citation: { url, title: null } }),
      text(index, 'Two.'),
    ];
    const events = [
      START,
      ...cited(0, 'https://a.example'),
      stop(0),
      ...cited(1, 'https://b.example'),
      ...cited(1, 'https://c.example'),
      because('end_turn'),
      STOP,
    ];
    const choices = decode(events).flatMap((output) =>
      output.type === 'chunk' ? output.chunk.choices : [],
    );
    const told = choices.map(({ delta: { annotations } }) =>
      annotations?.map(({ url_citation: { url, start_index: at } }) => [url, at]),
    );
    expect(told.slice(0, -2).filter((annotations) => annotations !== undefined)).toEqual([]);
    expect(told.at(-2)).toEqual([
      ['https://a.example', 0],
      ['https://b.example', 4],
      ['https://c.example', 8],
    ]);
    expect(choices.at(-1)).toMatchObject({ delta: {}, finish_reason: 'stop' });
  });

  it.each([
    ['message_start', [start(0, { type: 'text', text: '' }), text(0, 'Hi'), stop(0)]],
    ['the beginning of a block', [START, text(0, 'H'), text(0, 'i'), stop(0)]],
    ['either', [text(0, 'Hi')]],
  ])('loses no text where a proxy leaves out %s', (_what, events) => {
    const { choices } = completionOf([...events, because('end_turn'), STOP]);
    expect(choices).toMatchObject([{ message: { content: 'Hi' }, finish_reason: 'stop' }]);
  });

  it.each([
    [{ service_tier: 'standard' }, 'default'],
    [{ service_tier: 'priority' }, 'priority'],
    [{ service_tier: 'batch' }, undefined],
    [{ service_tier: 'standard', speed: 'fast' }, undefined],
  ])('names the tier of %j as OpenAI does, or not at all', (usage, tier) => {
    const ending = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage };
    expect(completionOf([START, ending, STOP]).service_tier).toBe(tier);
  });

  it('begins once, also when the beginning comes twice', () => {
    expect(
      completionOf([
        START,
        START,
        start(0, { type: 'text', text: 'Hi' }),
        because('end_turn'),
        STOP,
      ]),
    ).toEqual({
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
          native_finish_reason: 'end_turn',
        },
      ],
    });
  });

  it('tells the newest figures', () => {
    const usages = decode([START, because('end_turn'), STOP]).filter(
      ({ type }) => type === 'usage',
    );
    expect(usages.at(-1)).toMatchObject({ usage: { promptTokens: 9, completionTokens: 5 } });
  });

  it("gives the provider's words on a refusal", () => {
    const details = { type: 'refusal', explanation: 'No.' };
    const reason = {
      type: 'message_delta',
      delta: { stop_reason: 'refusal', stop_details: details },
    };
    expect(completionOf([START, reason, STOP]).choices[0]).toMatchObject({
      finish_reason: 'content_filter',
      message: { refusal: 'No.', content: '' },
    });
  });

  it('says which model took over', () => {
    const fallback = { type: 'fallback', from: { model: 'a' }, to: { model: 'b' } };
    expect(decode([START, start(0, fallback)])).toContainEqual({
      type: 'identity',
      upstreamModel: 'b',
    });
  });

  it.each([
    ['a break', [START, start(0, { type: 'text', text: 'Hi' })], 'upstream_error'],
    ['a break after the reason', [START, because('end_turn')], 'upstream_error'],
    ['no byte', [], 'upstream_error'],
    [
      'an error',
      [START, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, STOP],
      'overloaded',
    ],
    ['broken JSON', [START, '{"type":', STOP], 'upstream_error'],
  ] as [string, unknown[], string][])(
    'fails on %s, with one error and no end',
    (_name, events, code) => {
      const outputs = decode(events);
      expect(codesOf(outputs)).toEqual([code]);
      expect(outputs.some(({ type }) => type === 'end')).toBe(false);
      const finished = outputs.some(
        (output) => output.type === 'chunk' && output.chunk.choices[0]?.finish_reason,
      );
      expect(finished).toBe(false);
    },
  );

  it('passes over what it does not know, and what comes after the end', () => {
    const events = [
      { type: 'ping' },
      START,
      { type: 'constructor' },
      '7',
      start(0, { type: 'toString' }),
      stop(0),
    ];
    const outputs = decode([
      ...events,
      text(4, 'lost'),
      because('end_turn'),
      STOP,
      '[DONE]',
      START,
    ]);
    expect(codesOf(outputs)).toEqual([]);
    expect(outputs.at(-1)).toEqual({ type: 'end' });
  });
});
