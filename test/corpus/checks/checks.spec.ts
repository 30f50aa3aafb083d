import { describe, expect, it } from '@jest/globals';
import type { GatewayAnswer } from '../client/gateway-answer.js';
import { emptyDraft, finished } from '../reading/reading.js';
import { contentDifferences } from './content.js';
import { costDifferences } from './cost.js';
import { errorDifferences, madeUpFinish } from './error.js';
import { streamFormDifferences } from './stream-form.js';

const reading = (fields: object): Parameters<typeof contentDifferences>[0] => ({
  choices: [finished({ ...emptyDraft(''), ...fields })],
  usage: undefined,
  error: undefined,
});
const answer = (frames: string[]): GatewayAnswer => ({
  status: 200,
  headers: new Headers(),
  source: frames.join('\n'),
  body: undefined,
  frames,
});
const chunk = (fields: object): string =>
  JSON.stringify({
    id: 'i',
    created: 1,
    model: 'm',
    object: 'chat.completion.chunk',
    usage: null,
    ...fields,
  });
const delta = (fields: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});

describe('contentDifferences', () => {
  it('tells where text parts', () => {
    expect(
      contentDifferences(reading({ text: 'hello world' }), reading({ text: 'hello word' }))[0],
    ).toContain('character 9');
  });

  it('lets blocks of thought be joined in any way, but loses none', () => {
    expect(
      contentDifferences(reading({ reasoning: ['a', 'b'] }), reading({ reasoning: ['a\n\nb'] })),
    ).toEqual([]);
    expect(
      contentDifferences(reading({ reasoning: ['a', 'b'] }), reading({ reasoning: ['a'] })),
    ).toHaveLength(1);
  });

  it('wants every citation and no other address', () => {
    const expected = reading({ citations: ['https://a'], sources: ['https://b'] });
    expect(
      contentDifferences(expected, reading({ citations: ['https://a', 'https://b'] })),
    ).toEqual([]);
    expect(contentDifferences(expected, reading({ citations: ['https://c'] }))).toHaveLength(2);
  });

  it('wants signatures byte for byte', () => {
    expect(
      contentDifferences(reading({ signatures: ['s+/='] }), reading({ signatures: ['s'] }))[0],
    ).toContain('signature');
  });
});

describe('costDifferences', () => {
  it('adds up decimals exactly', () => {
    expect(
      costDifferences(
        '{"usage":{"cost_usd_total":0.3,"cost_usd_input":0.1,"cost_usd_output":0.2}}',
      ),
    ).toEqual([]);
    const off = costDifferences(
      '{"usage":{"cost_usd_total":0.3,"cost_usd_input":0.1,"cost_usd_output":0.200000000001}}',
    );
    expect(off[0]).toContain('is not the sum');
  });

  it.each(['1e-7', '0.0000000000001', '"1"'])(
    'refuses %s, which is no plain decimal of 12 places',
    (total) => {
      expect(costDifferences(`{"usage":{"cost_usd_total":${total}}}`)[0]).toContain(
        'plain decimal',
      );
    },
  );

  it('misses a total', () => {
    expect(costDifferences('{"usage":{}}')).toEqual(['cost_usd_total: not there']);
  });
});

describe('streamFormDifferences', () => {
  const usage = chunk({ choices: [], usage: {}, metadata: {} });
  const good = [
    chunk(delta({ role: 'assistant', content: 'a' })),
    chunk(delta({}, 'stop')),
    usage,
    '[DONE]',
  ];

  it('finds nothing in a good stream', () => {
    expect(streamFormDifferences(answer(good), true)).toEqual([]);
  });

  it.each([
    ['without [DONE]', good.slice(0, -1)],
    ['role comes 2 times', [good[0] ?? '', ...good]],
    ['id changes', [chunk({ ...delta({ role: 'assistant' }), id: 'other' }), ...good.slice(1)]],
    ['usage is in 0 chunks', [...good.slice(0, 2), '[DONE]']],
    [
      'the usage chunk has choices',
      [...good.slice(0, 2), chunk({ ...delta({}), usage: {}, metadata: {} }), '[DONE]'],
    ],
    [
      'begins without id',
      [
        chunk(
          delta({ role: 'assistant', tool_calls: [{ index: 0, function: { arguments: '' } }] }),
        ),
        ...good.slice(1),
      ],
    ],
    ['after an error', [good[0] ?? '', '{"error":{}}', '[DONE]']],
  ])('finds: %s', (problem, frames) => {
    expect(streamFormDifferences(answer(frames), true).join()).toContain(problem);
  });
});

describe('errorDifferences', () => {
  const expected = { status: 503, codes: ['overloaded'] };
  const failing = answer([
    chunk(delta({ role: 'assistant', content: 'a' })),
    '{"error":{"code":"overloaded"}}',
  ]);
  const came = { choices: [], usage: undefined, error: { status: 200, codes: ['overloaded'] } };

  it('goes by the code inside a stream, and by the status too in a plain answer', () => {
    expect(errorDifferences(expected, came, failing)).toEqual([]);
    const plain = { ...failing, status: 502, frames: undefined, body: { error: {} } };
    expect(
      errorDifferences(
        expected,
        { ...came, error: { status: 502, codes: ['overloaded'] } },
        plain,
      )[0],
    ).toContain('status');
  });

  it('wants an error where one is due, and none where none is', () => {
    expect(errorDifferences(expected, { ...came, error: undefined }, failing)).toHaveLength(1);
    expect(errorDifferences(undefined, came, failing)).toHaveLength(1);
  });

  it('sees a finish that was made up', () => {
    expect(madeUpFinish(reading({}), reading({ finish: ['stop'] }))).toHaveLength(1);
    expect(madeUpFinish(reading({ finish: ['stop'] }), reading({ finish: ['stop'] }))).toEqual([]);
  });
});
