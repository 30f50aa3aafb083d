import { describe, expect, it } from '@jest/globals';
import type { ChatChunk, ChunkDelta, FinishReason } from '../core/chat.js';
import { GatewayError } from '../core/errors.js';
import type { StreamOutput } from '../providers/index.js';
import type { AnswerHeader, ClientStream } from './call.js';
import { StreamRelay } from './stream-relay.js';

const HEADER: AnswerHeader = {
  callId: 'c',
  created: 1,
  model: 'm',
  provider: 'p',
  rateLimits: [],
};

/** A relay, and what its client was sent. */
function makeRelay() {
  const sent: unknown[] = [];
  const client = {
    write: (chunk: ChatChunk, header: AnswerHeader) => {
      expect(header).toBe(HEADER);
      sent.push(chunk.choices[0]?.delta);
    },
    writeFields: (fields: string) => void sent.push(fields),
  };
  return { relay: new StreamRelay(client as unknown as ClientStream, HEADER), sent };
}

const chunk = (delta: ChunkDelta, finish_reason: FinishReason | null = null): StreamOutput => ({
  type: 'chunk',
  chunk: { choices: [{ index: 0, delta, finish_reason }] },
});
const ROLE = chunk({ role: 'assistant', content: '' });

describe('StreamRelay', () => {
  it('holds back what comes before the first content, then sends it first', () => {
    const { relay, sent } = makeRelay();
    expect(relay.take([ROLE, chunk({})])).toBe(false);
    expect([relay.hasDelivered, sent]).toEqual([false, []]);
    expect(relay.take([chunk({ content: 'a' })])).toBe(true);
    expect(relay.hasDelivered).toBe(true);
    expect(sent).toEqual([{ role: 'assistant', content: '' }, {}, { content: 'a' }]);
  });

  it('holds nothing back afterwards', () => {
    const { relay, sent } = makeRelay();
    relay.take([chunk({ content: 'a' }), chunk({})]);
    expect(sent).toEqual([{ content: 'a' }, {}]);
  });

  it('holds back a delta that is said again and again once', () => {
    const { relay, sent } = makeRelay();
    for (let at = 0; at < 100_000; at++) relay.take([chunk({ content: '' })]);
    relay.take([ROLE, chunk({ content: '' }), chunk({ content: 'a' })]);
    expect(sent).toEqual([
      { content: '' },
      { role: 'assistant', content: '' },
      { content: '' },
      { content: 'a' },
    ]);
  });

  it('ends a stream that has no content in 64 KiB', () => {
    const { relay, sent } = makeRelay();
    const take = (fields: ChunkDelta) => () => relay.take([chunk(fields)]);
    expect(take({ role: 'assistant', content: '', reasoning: '' })).not.toThrow();
    const filler = (bytes: number, at: number) =>
      take({ role: `${at}`.padStart(bytes) as 'assistant' });
    for (let at = 0; at < 63; at++) expect(filler(900, at)).not.toThrow();
    expect(filler(8_000, 0)).toThrow(
      expect.objectContaining({
        code: 'upstream_error',
        detail: 'the stream sends 64 KiB without content',
      }),
    );
    expect(sent).toEqual([]);
  });

  it('text that was never taken apart is content too', () => {
    const { relay, sent } = makeRelay();
    expect(relay.take([ROLE, { type: 'text', fields: '"x":1', characters: 8 }])).toBe(true);
    expect(sent).toEqual([{ role: 'assistant', content: '' }, '"x":1']);
    expect(relay.delivered.tokens).toBe(2);
  });

  it('keeps the newest usage, the first identity and the end', () => {
    const { relay, sent } = makeRelay();
    relay.take([
      { type: 'identity', upstreamId: 'one' },
      { type: 'usage', usage: { promptTokens: 1, completionTokens: 1 } },
      { type: 'identity', upstreamId: 'two' },
      { type: 'usage', usage: { promptTokens: 1, completionTokens: 2 } },
    ]);
    expect(relay).toMatchObject({
      upstreamId: 'one',
      usage: { completionTokens: 2 },
      ended: false,
    });
    relay.take([{ type: 'end' }]);
    expect([relay.ended, relay.hasDelivered, sent]).toEqual([true, false, []]);
  });

  it('throws the error of the stream, after what came before it', () => {
    const { relay, sent } = makeRelay();
    const error = new GatewayError('overloaded');
    expect(() =>
      relay.take([chunk({ content: 'a' }), { type: 'error', error }, chunk({ content: 'b' })]),
    ).toThrow(error);
    expect(sent).toEqual([{ content: 'a' }]);
  });

  it('an error before the first content leaves the client untouched', () => {
    const { relay, sent } = makeRelay();
    expect(() =>
      relay.take([ROLE, { type: 'error', error: new GatewayError('overloaded') }]),
    ).toThrow();
    expect([relay.hasDelivered, sent]).toEqual([false, []]);
  });

  it('counts what was delivered, and how it ended', () => {
    const { relay } = makeRelay();
    relay.take([chunk({ content: 'a' }), chunk({ content: 'b' }), chunk({}, 'length')]);
    expect(relay.delivered).toMatchObject({ tokens: 2, finishReason: 'length' });
  });
});
