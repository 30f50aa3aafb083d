import { objectOf, stringOf, type JsonObject } from '../json.js';
import { argumentsText, NO_ARGUMENTS } from './message.js';

interface NumberedCall {
  readonly index: number;
  readonly id: string;
  /** Whether anything of its arguments was told. */
  isArgued: boolean;
}

/** The calls of a choice that were announced, by what tells them apart: the provider's index, else its id. */
export type CallNumbering = Map<string, NumberedCall>;

/**
 * Tool-call deltas as OpenAI sends them: id and name once per index, arguments appended. Providers leave the index
 * out, repeat the id on every chunk, or send a whole call at once.
 */
export function canonicalizeCallDeltas(
  deltas: readonly unknown[],
  numbering: CallNumbering,
): JsonObject[] {
  return deltas.map((entry) => canonicalizeDelta(objectOf(entry), numbering));
}

/** What is missing where calls are complete: some speakers write nothing for arguments that are empty. */
export function emptyArguments(numbering: CallNumbering): JsonObject[] {
  return [...numbering.values()]
    .filter(({ isArgued }) => !isArgued)
    .map(({ index }) => ({ index, function: { arguments: NO_ARGUMENTS } }));
}

function canonicalizeDelta(delta: JsonObject, numbering: CallNumbering): JsonObject {
  const given = objectOf(delta['function']);
  const id = stringOf(delta['id']);
  const key = keyOf(delta, id, numbering);
  const known = numbering.get(key);
  const args = argumentsText(given['arguments']);
  if (known) {
    const { id: _id, type: _type, function: _function, ...rest } = delta;
    known.isArgued ||= args !== '';
    return { ...rest, index: known.index, function: { arguments: args } };
  }
  const index = numbering.size;
  const call = { index, id: id === undefined || id === '' ? `call_${index}` : id };
  numbering.set(key, { ...call, isArgued: args !== '' });
  return {
    ...delta,
    ...call,
    type: 'function',
    function: {
      ...given,
      name: stringOf(given['name']) ?? '',
      arguments: args,
    },
  };
}

/** A repeated index with a new id and a name is another call: some providers number every call 0. */
function keyOf(delta: JsonObject, id: string | undefined, numbering: CallNumbering): string {
  const index = typeof delta['index'] === 'number' ? `#${delta['index']}` : undefined;
  const hasName = Boolean(stringOf(objectOf(delta['function'])['name']));
  if (index !== undefined) {
    const known = numbering.get(index);
    const isOther =
      known !== undefined && id !== undefined && id !== '' && id !== known.id && hasName;
    return isOther ? `${index}/${id}` : lastKeyOf(index, numbering);
  }
  if (id !== undefined && id !== '') return id;
  return hasName ? `+${numbering.size}` : ([...numbering.keys()].at(-1) ?? '+0');
}

/** The newest call under an index. */
function lastKeyOf(index: string, numbering: CallNumbering): string {
  return (
    [...numbering.keys()].findLast((key) => key === index || key.startsWith(`${index}/`)) ?? index
  );
}
