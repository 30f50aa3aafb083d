import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AssistantMessage, ChatChunk, ChatMessage, Choice } from '../../src/core/chat.js';
import { gemini } from '../../src/providers/protocols/gemini/index.js';
import { accumulate } from '../support/accumulate.js';
import { makeTarget } from '../support/target.js';

type Part = Record<string, unknown>;

const TARGET = makeTarget({ upstreamModel: 'gemini-3-flash-preview' });
/** Base64 and what else may stand in a signature. */
const signature = fc.stringMatching(/^[A-Za-z0-9+/_=-]{1,24}$/);
const signed = fc.option(signature, { nil: undefined });
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const withSignature = (part: Part, thoughtSignature: string | undefined): Part =>
  thoughtSignature === undefined ? part : { ...part, thoughtSignature };

const text = fc.tuple(words, signed).map(([words, sign]) => withSignature({ text: words }, sign));
const thought = fc
  .tuple(words, signed)
  .map(([words, sign]) => withSignature({ text: words, thought: true }, sign));
const code = signed.map((sign) =>
  withSignature({ executableCode: { language: 'PYTHON', code: '1' } }, sign),
);
const image = signed.map((sign) =>
  withSignature({ inlineData: { mimeType: 'image/png', data: 'QUJD' } }, sign),
);
const call = fc
  .tuple(
    fc.constantFrom('ring', 'sail'),
    fc.dictionary(words, fc.jsonValue(), { maxKeys: 3 }),
    signed,
    signed,
  )
  .map(([name, args, id, sign]) =>
    withSignature({ functionCall: { ...(id ? { id } : {}), name, args } }, sign),
  );

/** Parts in the order in which Gemini answers: calls come last. */
const parts = fc
  .tuple(
    fc.array(fc.oneof(text, thought, code, image), { maxLength: 6 }),
    fc.array(call, { maxLength: 3 }),
  )
  .map(([answer, calls]) => [...answer, ...calls]);

const candidate = fc.record({
  parts,
  finishReason: fc.constantFrom('STOP', 'MAX_TOKENS', 'SAFETY', 'OTHER'),
  groundingMetadata: fc.option(
    fc.record({
      groundingChunks: fc.constant([{ web: { uri: 'https://a.example', title: 'a' } }]),
      groundingSupports: fc.array(
        fc.record({
          segment: fc.record({ startIndex: fc.nat(30), endIndex: fc.nat(30) }),
          groundingChunkIndices: fc.constant([0]),
        }),
        { maxLength: 3 },
      ),
    }),
    { nil: undefined },
  ),
});

interface Answer {
  readonly parts: Part[];
  readonly finishReason: string;
  readonly groundingMetadata: unknown;
}

function whole(answers: readonly Answer[]) {
  return {
    responseId: 'r',
    candidates: answers.map(({ parts, ...rest }, index) => ({
      index,
      content: { parts },
      ...rest,
    })),
  };
}

/** Unsigned words may come in two events; cut where no character is torn. */
function pieces(part: Part): Part[] {
  const { text, thoughtSignature } = part;
  if (typeof text !== 'string' || thoughtSignature !== undefined) return [part];
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const middle = Math.ceil(letters.length / 2);
  return [letters.slice(0, middle), letters.slice(middle)].map((half) => ({
    ...part,
    text: half.join(''),
  }));
}

/** The answers as events: `sizes` tells how many pieces go into each. */
function events(answers: readonly Answer[], sizes: readonly number[]): unknown[] {
  const made = answers.flatMap(({ parts, ...rest }, index) => {
    const left = parts.flatMap(pieces);
    const grouped: Part[][] = [];
    for (let at = 0; left.length > 0; at++)
      grouped.push(left.splice(0, sizes[at % sizes.length] ?? 1));
    const news = grouped.map((group) => ({ index, content: { role: 'model', parts: group } }));
    return [...news, { index, ...rest }];
  });
  return made.map((entry) => ({ responseId: 'r', candidates: [entry] }));
}

function decode(list: readonly unknown[]): ChatChunk[] {
  let state = gemini.stream.start(TARGET);
  const chunks: ChatChunk[] = [];
  const take = (outputs: readonly { type: string; chunk?: ChatChunk }[]) =>
    chunks.push(...outputs.flatMap(({ chunk }) => (chunk ? [chunk] : [])));
  for (const event of list) {
    const [next, outputs] = gemini.stream.step(state, {
      event: undefined,
      data: JSON.stringify(event),
    });
    state = next;
    take(outputs);
  }
  take(gemini.stream.end(state));
  return chunks;
}

const plain = (choices: readonly Choice[]): unknown => JSON.parse(JSON.stringify(choices));

/** The parts of a turn, as Gemini would see them again, with unsigned words of one kind in a row joined. */
function joined(list: readonly Part[]): Part[] {
  return list.reduce<Part[]>((done, part) => {
    const last = done.at(-1);
    const isPlain = (one: Part | undefined) =>
      typeof one?.['text'] === 'string' && one['thoughtSignature'] === undefined;
    if (!isPlain(part) || !isPlain(last) || part['thought'] !== last?.['thought'])
      return [...done, part];
    return [
      ...done.slice(0, -1),
      { ...last, text: `${String(last?.['text'])}${String(part['text'])}` },
    ];
  }, []);
}

function sentBack(message: AssistantMessage): Part[] {
  const overTheWire = JSON.parse(JSON.stringify(message)) as ChatMessage;
  const { body } = gemini.toUpstreamRequest({ model: 'm', messages: [overTheWire] }, TARGET);
  const [turn] = body['contents'] as { parts: Part[] }[];
  return turn?.parts ?? [];
}

describe('laws of the gemini protocol', () => {
  it('a stream says what the answer in one piece says', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 1, maxLength: 2 }), sizes, (answers, groups) => {
        const { completion } = gemini.fromUpstreamResponse(whole(answers), TARGET);
        expect(plain(accumulate(decode(events(answers, groups))).choices)).toEqual(
          plain(completion.choices),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('an answer sent back is the parts that Gemini gave, signatures byte for byte', () => {
    const unsignedImagesLast = parts.map((list) => {
      const isLoose = (part: Part) =>
        'inlineData' in part && part['thoughtSignature'] === undefined;
      const calls = list.filter((part) => 'functionCall' in part);
      const rest = list.filter((part) => !('functionCall' in part));
      return [...rest.filter((part) => !isLoose(part)), ...rest.filter(isLoose), ...calls];
    });
    fc.assert(
      fc.property(unsignedImagesLast, (list) => {
        fc.pre(list.length > 0);
        const answer: Answer = { parts: list, finishReason: 'STOP', groundingMetadata: undefined };
        const { completion } = gemini.fromUpstreamResponse(whole([answer]), TARGET);
        const message = completion.choices[0]?.message;
        const back = message ? sentBack(message) : [];
        expect(joined(back.map(withoutPlaceholder))).toEqual(joined(list));
      }),
      { numRuns: 300 },
    );
  });

  it('garbage never makes the decoder throw, and never a silent end', () => {
    const known = fc.constantFrom(
      'candidates',
      'content',
      'parts',
      'text',
      'functionCall',
      'partialArgs',
      'groundingMetadata',
      'index',
      'usageMetadata',
      'error',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(known, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const data = fc.oneof(
      fc.string(),
      tree.map((value) => JSON.stringify(value)),
      tree.map((value) => `{"candidates":[${JSON.stringify(value)}]}`),
    );
    fc.assert(
      fc.property(fc.array(data, { maxLength: 5 }), (list) => {
        let state = gemini.stream.start(TARGET);
        const types: string[] = [];
        for (const entry of list) {
          const [next, outputs] = gemini.stream.step(state, { event: undefined, data: entry });
          state = next;
          types.push(...outputs.map(({ type }) => type));
        }
        types.push(...gemini.stream.end(state).map(({ type }) => type));
        expect(types.filter((type) => type === 'end' || type === 'error')).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });
});

/** What stands for a missing signature of a first call is not Gemini's. */
function withoutPlaceholder(part: Part): Part {
  const { thoughtSignature, ...rest } = part;
  return thoughtSignature === 'skip_thought_signature_validator' ? rest : part;
}
