import { isJson, object, objects, text, type Json } from '../json.js';
import type { ToolCallReading } from './reading.js';

/**
 * Puts together function calls that Gemini streams in pieces: `willContinue` announces more, `partialArgs` name the
 * place of each value by a JSON path, and strings grow.
 */
export class PartialCall {
  #id = '';
  #name = '';
  #arguments: Json = {};
  #open = false;

  /** The calls that are complete once this piece is added. */
  add(call: Json): ToolCallReading[] {
    if (!this.#open && call['willContinue'] !== true)
      return [{ id: text(call['id']), name: text(call['name']), arguments: object(call['args']) }];
    if (!this.#open) this.#begin(call);
    for (const piece of objects(call['partialArgs']))
      place(this.#arguments, text(piece['jsonPath']), valueOf(piece));
    return call['willContinue'] === true ? [] : this.rest();
  }

  /** A call that was never completed, as far as it came. */
  rest(): ToolCallReading[] {
    if (!this.#open) return [];
    this.#open = false;
    return [{ id: this.#id, name: this.#name, arguments: this.#arguments }];
  }

  #begin(call: Json): void {
    this.#open = true;
    this.#id = text(call['id']);
    this.#name = text(call['name']);
    this.#arguments = { ...object(call['args']) };
  }
}

function valueOf(piece: Json): unknown {
  if ('nullValue' in piece) return null;
  return piece['stringValue'] ?? piece['numberValue'] ?? piece['boolValue'];
}

/** Sets `$.a.b[0]` in a tree of objects and lists; a string is appended to the one that is there. */
function place(root: Json, path: string, value: unknown): void {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]) => name ?? quoted ?? index ?? '',
  );
  const last = steps.pop();
  if (last === undefined) return;
  let node: Json = root;
  for (const step of steps) {
    if (!isJson(node[step])) node[step] = {};
    node = object(node[step]);
  }
  const known = node[last];
  node[last] = typeof known === 'string' && typeof value === 'string' ? known + value : value;
}
