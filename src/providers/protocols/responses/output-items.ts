import { ownEntry } from '../../../core/own-entry.js';
import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import {
  argue,
  cite,
  NO_PIECES,
  refuse,
  say,
  think,
  thinkInSecret,
  type Piece,
  type Progress,
  type Progressed,
} from './progress.js';

type Read = (progress: Progress, output: number, item: JsonObject) => Progressed;

/** What each kind of item still has to tell when it is done. Other tools of the provider tell nothing. */
const CLOSE: Readonly<Record<string, Read>> = {
  reasoning: closeReasoning,
  message: closeMessage,
  function_call: closeCall,
  web_search_call: (progress, _output, item) => [countSearch(progress, item), NO_PIECES],
};

/** Begins an item; one that has begun already is left as it is. */
export function openItem(progress: Progress, output: number, item: JsonObject): Progressed {
  if (progress.items.has(output)) return [progress, NO_PIECES];
  const isCall = item['type'] === 'function_call';
  const opened = {
    id: stringOf(item['id']) ?? `item_${output}`,
    call: isCall ? progress.calls : undefined,
    isSpoken: false,
  };
  const items = new Map(progress.items).set(output, opened);
  if (!isCall) return [{ ...progress, items }, NO_PIECES];
  const index = progress.calls;
  const called = { name: stringOf(item['name']) ?? '', arguments: '' };
  const id = stringOf(item['call_id']) || opened.id;
  const delta = { tool_calls: [{ index, id, type: 'function' as const, function: called }] };
  return [{ ...progress, items, calls: index + 1 }, [{ delta }]];
}

/** Ends an item, and tells what of it was not told piece by piece. */
export function closeItem(progress: Progress, output: number, item: JsonObject): Progressed {
  return inTurn(progress, [
    (state) => openItem(state, output, item),
    (state) => ownEntry(CLOSE, item['type'])?.(state, output, item) ?? [state, NO_PIECES],
  ]);
}

/** The key of a part of a message. */
export function partKey(output: number, content: number): string {
  return `${output}:${content}`;
}

/** The key of a part of a summary, or of a thought in plain words. */
export function thoughtKey(output: number, kind: 'summary' | 'text', index: number): string {
  return `${output}:${kind}:${index}`;
}

/** The id under which the details of a reasoning item are told. */
export function idOf(progress: Progress, output: number): string {
  return progress.items.get(output)?.id ?? `item_${output}`;
}

function inTurn(
  progress: Progress,
  steps: readonly ((state: Progress) => Progressed)[],
): Progressed {
  let state = progress;
  const pieces: Piece[] = [];
  for (const step of steps) {
    const [next, made] = step(state);
    state = next;
    pieces.push(...made);
  }
  return [state, pieces];
}

function closeReasoning(progress: Progress, output: number, item: JsonObject): Progressed {
  const id = idOf(progress, output);
  const rest = (kind: 'summary' | 'text', type: 'reasoning.summary' | 'reasoning.text') =>
    objectsIn(item[kind === 'summary' ? 'summary' : 'content']).map((part, index) => {
      const key = thoughtKey(output, kind, index);
      const text = stringOf(part['text']) ?? '';
      return (state: Progress): Progressed =>
        state.thoughts.has(key) ? [state, NO_PIECES] : think(state, key, { type, id }, text);
    });
  const secret = stringOf(item['encrypted_content']) ?? '';
  return inTurn(progress, [
    ...rest('summary', 'reasoning.summary'),
    ...rest('text', 'reasoning.text'),
    (state) => (secret === '' ? [state, NO_PIECES] : thinkInSecret(state, id, secret)),
  ]);
}

function closeMessage(progress: Progress, output: number, item: JsonObject): Progressed {
  const steps = objectsIn(item['content']).map((part, index) => {
    const key = partKey(output, index);
    return (state: Progress): Progressed => closePart(state, key, part);
  });
  return inTurn(progress, steps);
}

function closePart(progress: Progress, key: string, part: JsonObject): Progressed {
  if (part['type'] !== 'output_text' && part['type'] !== 'refusal') return [progress, NO_PIECES];
  const isTold = progress.parts.has(key);
  const words = stringOf(part['refusal']) ?? '';
  if (part['type'] === 'refusal')
    return isTold ? [progress, NO_PIECES] : refuse(progress, key, words);
  const logprobs = listOf(part['logprobs']);
  const [said, pieces] = isTold
    ? ([progress, NO_PIECES] as const)
    : say(progress, key, stringOf(part['text']) ?? '', logprobs);
  const known = said.parts.get(key)?.citations ?? 0;
  const citations = objectsIn(part['annotations']).slice(known);
  return [citations.reduce((state, native) => cite(state, key, native), said), pieces];
}

/** Arguments that never came piece by piece; text that is no JSON would help nobody. */
function closeCall(progress: Progress, output: number, item: JsonObject): Progressed {
  if (progress.items.get(output)?.isSpoken !== false) return [progress, NO_PIECES];
  return argue(progress, output, stringOf(item['arguments'])?.trim() || '{}');
}

/** Only looking for pages is billed, not opening one of them or looking through it. */
function countSearch(progress: Progress, item: JsonObject): Progress {
  const action = objectOf(item['action']);
  const isSearch = action['type'] === undefined || action['type'] === 'search';
  const found = objectsIn(action['sources']).map(({ url }) => stringOf(url) ?? '');
  const sources = new Set([...progress.sources, ...found.filter((url) => url !== '')]);
  const isCounted = isSearch && item['status'] !== 'failed';
  return { ...progress, searches: progress.searches + (isCounted ? 1 : 0), sources: [...sources] };
}

function objectsIn(value: unknown): JsonObject[] {
  return listOf(value).filter(isObject);
}
