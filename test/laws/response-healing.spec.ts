import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChunkChoice } from '../../src/core/chat.js';
import { ChoiceStream } from '../../src/calls/healing/choice-stream.js';
import { healingOf, type Healing } from '../../src/calls/healing/healing.js';
import { DAMAGES } from './damaged.js';

const SEED = 8;
const PER_WAY = 200;

function healing(type: 'json_object' | 'json_schema'): Healing {
  const found = healingOf({
    model: 'm',
    messages: [],
    plugins: ['response-healing'],
    response_format:
      type === 'json_object' ? { type } : { type, json_schema: { name: 's', schema: {} } },
  });
  if (!found) throw new Error('no healing');
  return found;
}

/** JSON texts, written narrowly or with indents. */
const json = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

const word = fc.string({ maxLength: 12, unit: 'grapheme' });
/** What models write: objects of texts, numbers, lists and objects. */
const answer = fc
  .dictionary(
    fc.stringMatching(/^[a-z][a-z_]{0,7}$/),
    fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        word,
        fc.constantFrom("it's", 'a "b" c', '{x}', 'see // or http://a.b', 'two\nlines', '[1]', ''),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('value'), { maxKeys: 3 }),
      ),
    })).value,
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  )
  .map((value) => JSON.stringify(value));

/** The text of a choice that comes in these pieces. */
function streamed(pieces: readonly string[], with_: Healing): string {
  const stream = new ChoiceStream(0, with_, { left: Infinity });
  const chunks: ChunkChoice[] = pieces.map((content) => ({
    index: 0,
    delta: { content },
    finish_reason: null,
  }));
  chunks.push({ index: 0, delta: {}, finish_reason: 'stop' });
  const out = [...chunks.flatMap((chunk) => stream.take(chunk)), ...stream.end()];
  return out.map(({ delta }) => delta.content ?? '').join('');
}

function cutAt(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [...places, text.length].map((end, at) => text.slice(places[at - 1] ?? 0, end));
}

const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('response healing', () => {
  it('changes nothing about a text that is JSON, whole or in any pieces', () => {
    for (const type of ['json_object', 'json_schema'] as const) {
      fc.assert(
        fc.property(json, cuts, fc.constantFrom('', ' ', '\n\n'), (text, places, space) => {
          const spaced = space + text + space;
          const heals = healing(type);
          expect(heals(spaced, 'stop')).toMatchObject({ text: spaced, healed: false });
          expect(streamed(cutAt(spaced, places), heals)).toBe(spaced);
        }),
        { seed: SEED },
      );
    }
  });

  it('lets a text that is JSON pass: what is held back is gone by the next value', () => {
    const stream = new ChoiceStream(0, healing('json_object'), { left: 100 });
    const sent = ['{"a', '": "on', 'e", "b', '": 1', ', "c": "x"}'].map((content) =>
      stream
        .take({ index: 0, delta: { content }, finish_reason: null })
        .map(({ delta }) => delta.content)
        .join(''),
    );
    expect(sent).toEqual(['', '{"a": "on', 'e"', '', ', "b": 1, "c": "x"}']);
  });

  it('gives back an equal value for at least 95 of 100 texts, whatever the damage', () => {
    const table = Object.entries(DAMAGES).map(([way, damage]) => {
      const tried = fc
        .sample(fc.tuple(answer, fc.nat(), cuts), { numRuns: 3 * PER_WAY, seed: SEED })
        .map(([text, seed, places]) => ({ text, places, damaged: damage(text, seed) }))
        .filter(({ text, damaged }) => damaged !== text)
        .slice(0, PER_WAY);
      const share = (outcomes: readonly boolean[]): number =>
        Math.round((1_000 * outcomes.filter(Boolean).length) / tried.length) / 10;
      return {
        way,
        texts: tried.length,
        whole: share(
          tried.map(({ text, damaged }) =>
            isEqual(healing('json_object')(damaged, 'stop').text, text),
          ),
        ),
        streamed: share(
          tried.map(({ text, damaged, places }) =>
            isEqual(streamed(cutAt(damaged, places), healing('json_object')), text),
          ),
        ),
      };
    });
    process.stdout.write(
      table
        .map(
          (row) =>
            `${row.way.padEnd(28)} ${row.texts} texts: ${row.whole} %, streamed ${row.streamed} %\n`,
        )
        .join(''),
    );
    expect(table.filter((row) => !(row.whole >= 95 && row.streamed >= 95))).toEqual([]);
    expect(Math.min(...table.map(({ texts }) => texts))).toBeGreaterThan(PER_WAY / 10);
  });
});

function isEqual(text: string, original: string): boolean {
  try {
    expect(JSON.parse(text)).toEqual(JSON.parse(original));
    return true;
  } catch {
    return false;
  }
}
