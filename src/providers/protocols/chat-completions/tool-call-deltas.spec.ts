import { describe, expect, it } from '@jest/globals';
import { canonicalizeCallDeltas, emptyArguments } from './tool-call-deltas.js';

type Delta = Record<string, unknown>;

/** What a client is sent of these deltas, one event each. */
function send(...deltas: Delta[]): Delta[] {
  const numbering = new Map();
  return deltas.flatMap((delta) => canonicalizeCallDeltas([delta], numbering));
}

/** The calls that a client puts together from them: [index, id, name, arguments]. */
function assemble(...deltas: Delta[]): [number, string, string, string][] {
  const calls = new Map<number, [number, string, string, string]>();
  for (const { index, id, function: part } of send(...deltas) as {
    index: number;
    id?: string;
    function: { name?: string; arguments: string };
  }[]) {
    const known = calls.get(index);
    if (known) {
      expect([id, part.name]).toEqual([undefined, undefined]);
      known[3] += part.arguments;
    } else calls.set(index, [index, id ?? '', part.name ?? '', part.arguments]);
  }
  return [...calls.values()];
}

const named = (name: string, args: unknown = '') => ({ name, arguments: args });

describe('arguments that are missing at the end', () => {
  it('are those of calls of which none were told', () => {
    const numbering = new Map();
    const one = { index: 0, id: 'a', function: named('f') };
    const two = { index: 1, id: 'b', function: named('g') };
    const three = { index: 2, id: 'c', function: named('h', {}) };
    canonicalizeCallDeltas([one, two, three], numbering);
    canonicalizeCallDeltas([{ index: 1, function: { arguments: '{"x":1}' } }], numbering);
    canonicalizeCallDeltas([{ index: 1, function: { arguments: '' } }], numbering);
    expect(emptyArguments(numbering)).toEqual([{ index: 0, function: { arguments: '{}' } }]);
  });
});

describe('deltas of tool calls', () => {
  it('as OpenAI sends them they stay as they are', () => {
    const first = { index: 0, id: 'a', type: 'function', function: named('f') };
    const more = { index: 0, function: { arguments: '{}' } };
    expect(send(first, more)).toEqual([first, more]);
  });

  it('what nobody knows survives, at the beginning and later', () => {
    expect(
      send(
        { index: 0, id: 'a', function: { ...named('f'), x: 1 }, y: 2 },
        { index: 0, function: { arguments: '' }, z: 3 },
      ),
    ).toMatchObject([{ function: { x: 1 }, y: 2 }, { z: 3 }]);
  });

  it.each<[string, Delta[], [number, string, string, string][]]>([
    [
      'id, type and name again on every delta',
      [
        { index: 0, id: 'a', type: 'function', function: named('f', '{"x"') },
        { index: 0, id: 'a', type: 'function', function: named('f', ':1}') },
      ],
      [[0, 'a', 'f', '{"x":1}']],
    ],
    [
      'a whole call at once, its arguments an object',
      [{ id: 'a', function: named('f', { x: 1 }) }],
      [[0, 'a', 'f', '{"x":1}']],
    ],
    [
      'two calls at once without index',
      [
        { id: 'a', function: named('f', '1') },
        { id: 'b', function: named('g', '2') },
      ],
      [
        [0, 'a', 'f', '1'],
        [1, 'b', 'g', '2'],
      ],
    ],
    [
      'without index and id: a name begins a call, the rest goes on with it',
      [
        { function: named('f', '1') },
        { function: { arguments: '2' } },
        { function: named('g', '3') },
        { function: { arguments: '4' } },
      ],
      [
        [0, 'call_0', 'f', '12'],
        [1, 'call_1', 'g', '34'],
      ],
    ],
    [
      'every call numbered 0',
      [
        { index: 0, id: 'a', function: named('f', '1') },
        { index: 0, id: 'b', function: named('g', '2') },
        { index: 0, function: { arguments: '3' } },
        { index: 0, id: 'b', function: { arguments: '4' } },
      ],
      [
        [0, 'a', 'f', '1'],
        [1, 'b', 'g', '234'],
      ],
    ],
    [
      'numbers that begin at 1 or leave some out',
      [
        { index: 1, id: 'a', function: named('f', '1') },
        { index: 5, id: 'b', function: named('g', '2') },
        { index: 1, function: { arguments: '3' } },
      ],
      [
        [0, 'a', 'f', '13'],
        [1, 'b', 'g', '2'],
      ],
    ],
    [
      'an empty id',
      [
        { index: 0, id: '', function: named('f') },
        { index: 0, id: '', function: { arguments: '1' } },
      ],
      [[0, 'call_0', 'f', '1']],
    ],
    [
      'two calls turn by turn',
      [
        { index: 0, id: 'a', function: named('f', '1') },
        { index: 1, id: 'b', function: named('g', '2') },
        { index: 0, function: { arguments: '3' } },
        { index: 1, function: { arguments: '4' } },
      ],
      [
        [0, 'a', 'f', '13'],
        [1, 'b', 'g', '24'],
      ],
    ],
  ])('%s', (_what, deltas, calls) => {
    expect(assemble(...deltas)).toEqual(calls);
  });

  it('takes garbage', () => {
    const numbering = new Map();
    const deltas = canonicalizeCallDeltas(
      [null, 5, 'x', [], { function: 7, index: 'a' }],
      numbering,
    );
    for (const delta of deltas) expect(delta).toMatchObject({ index: expect.any(Number) });
  });
});
