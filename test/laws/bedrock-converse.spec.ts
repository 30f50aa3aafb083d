import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bedrockConverse } from '../../src/providers/protocols/bedrock-converse/index.js';
import type { StreamOutput } from '../../src/providers/protocols/protocol.js';
import { streamReaderFor } from '../../src/providers/stream-reader.js';
import { accumulate } from '../support/accumulate.js';
import { eventMessage, messageBytes } from '../support/aws-event-stream.js';
import { chunksOf } from '../support/chunks.js';
import { cutBytes } from '../support/decoding.js';
import { makeTarget } from '../support/target.js';

type Block = Record<string, unknown>;
type Delta = Record<string, unknown>;

interface Call {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: unknown;
}

const TARGET = makeTarget({ upstreamModel: 'anthropic.claude-sonnet-4-6' });
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const token = fc.stringMatching(/^[A-Za-z0-9+/]{1,16}$/);
const text = words.map((said): Block => ({ text: said }));
const thought = fc.tuple(words, token).map(([said, signature]): Block => ({
  reasoningContent: { reasoningText: { text: said, signature } },
}));
const hidden = token.map((data): Block => ({
  reasoningContent: { redactedContent: Buffer.from(data).toString('base64') },
}));
const call = fc
  .tuple(
    token,
    fc.constantFrom('ring', 'sail', 'gateway_json_answer'),
    fc.dictionary(words, fc.jsonValue()),
  )
  .map(([toolUseId, name, input]): Block => ({ toolUse: { toolUseId, name, input } }));
const answer = fc.record({
  content: fc.array(fc.oneof(text, thought, hidden, call), { minLength: 1, maxLength: 6 }),
  stopReason: fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'guardrail_intervened'),
  usage: fc.record({
    inputTokens: fc.nat(99),
    outputTokens: fc.nat(99),
    cacheReadInputTokens: fc.nat(99),
    cacheWriteInputTokens: fc.nat(99),
  }),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

/** Both halves of a text, cut where no character is torn. */
function halves(whole: string): string[] {
  const letters = Array.from(new Intl.Segmenter().segment(whole), ({ segment }) => segment);
  const middle = Math.ceil(letters.length / 2);
  return [letters.slice(0, middle).join(''), letters.slice(middle).join('')];
}

function deltasOf(block: Block): Delta[] {
  if ('text' in block) return halves(String(block['text'])).map((piece) => ({ text: piece }));
  const thinking = block['reasoningContent'] as Block;
  const { text: said, signature } = (thinking['reasoningText'] ?? {}) as Record<string, string>;
  if (said === undefined) return [{ reasoningContent: thinking }];
  const pieces = halves(said).map((piece) => ({ reasoningContent: { text: piece } }));
  return [...pieces, { reasoningContent: { signature } }];
}

function blockBytes(block: Block, contentBlockIndex: number): Buffer[] {
  const made = (type: string, payload: Block) =>
    messageBytes(eventMessage(type, { ...payload, contentBlockIndex }));
  const called = block['toolUse'] as Call | undefined;
  const start = called && {
    start: { toolUse: { toolUseId: called.toolUseId, name: called.name } },
  };
  const deltas = called
    ? halves(JSON.stringify(called.input)).map((input) => ({ toolUse: { input } }))
    : deltasOf(block);
  return [
    ...(start ? [made('contentBlockStart', start)] : []),
    ...deltas.map((delta) => made('contentBlockDelta', { delta })),
    made('contentBlockStop', {}),
  ];
}

function streamBytes({ content, stopReason, usage }: Answer): Buffer {
  return Buffer.concat([
    messageBytes(eventMessage('messageStart', { role: 'assistant' })),
    ...content.flatMap(blockBytes),
    messageBytes(eventMessage('messageStop', { stopReason })),
    messageBytes(eventMessage('metadata', { usage })),
  ]);
}

function decode(pieces: readonly Buffer[]): StreamOutput[] {
  const reader = streamReaderFor(bedrockConverse.framing);
  let state = bedrockConverse.stream.start(TARGET);
  const outputs: StreamOutput[] = [];
  for (const event of [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]) {
    const [next, made] = bedrockConverse.stream.step(state, event);
    state = next;
    outputs.push(...made);
  }
  return [...outputs, ...bedrockConverse.stream.end(state)];
}

it('any split of the bytes gives the same outputs, also of broken ones', () => {
  fc.assert(
    fc.property(answer, fc.array(fc.nat()), fc.option(fc.nat()), (made, places, flip) => {
      const bytes = streamBytes(made);
      const at = (flip ?? 0) % bytes.length;
      if (flip !== null) bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      expect(decode(cutBytes(bytes, places))).toEqual(decode([bytes]));
    }),
    { numRuns: 60 },
  );
});

it('a stream adds up to the answer in one piece', () => {
  fc.assert(
    fc.property(answer, (made) => {
      const { content, stopReason, usage } = made;
      const body = { output: { message: { content } }, stopReason, usage };
      const whole = bedrockConverse.fromUpstreamResponse(body, TARGET);
      const outputs = decode([streamBytes(made)]);
      expect(accumulate(chunksOf(outputs))).toEqual(whole.completion);
      const usages = outputs.flatMap((output) => (output.type === 'usage' ? [output.usage] : []));
      expect(usages.at(-1)).toEqual(whole.usage);
      expect(outputs.at(-1)).toEqual({ type: 'end' });
    }),
    { numRuns: 60 },
  );
});
