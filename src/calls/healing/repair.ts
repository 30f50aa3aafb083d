import { jsonrepair } from 'jsonrepair';
import { JsonPrefix } from './json-prefix.js';
import { lenientValue, type Damage } from './lenient-value.js';

/** A value found in a text, as JSON. */
export interface RepairedValue {
  readonly json: string;
  readonly value: unknown;
  /** Nothing where it stood there as JSON already. */
  readonly steps: readonly (Damage | 'syntax')[];
}

/** The JSON value of a text; undefined where it is none. */
export function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/**
 * Puts a value right that begins at an opening bracket and is damaged. `wasCut`: the answer ended at a limit, so that
 * its last number or word may be half of another. Undefined where no value comes of it.
 */
export function repaired(text: string, wasCut: boolean): RepairedValue | undefined {
  const prefix = new JsonPrefix();
  prefix.push(text);
  if (!prefix.doubt) return closed(text, prefix, wasCut);
  const { isClosed, damages } = lenientValue(text, 0);
  try {
    const json = isClosed
      ? jsonrepair(text)
      : withoutMadeUpEnd(jsonrepair(wasCut ? withoutLastNumber(text) : text), text);
    const found = parsed(json);
    return found && { json, value: found.value, steps: damages.length > 0 ? damages : ['syntax'] };
  } catch {
    return undefined;
  }
}

function closed(text: string, prefix: JsonPrefix, wasCut: boolean): RepairedValue | undefined {
  const closing = prefix.closing(wasCut);
  if (!closing) return undefined;
  const json = text.slice(0, closing.kept) + closing.closers;
  const found = parsed(json);
  return found && { json, value: found.value, steps: ['truncation'] };
}

const LAST_NUMBER = /[\d.eE+-]{1,400}$/;
const NULL_AT_END = /(?:,\s{0,100})?"(?:[^"\\]|\\.)*"\s{0,100}:\s{0,100}null(?=[\s}\]]*$)/;
const NULL_GIVEN = /(?:null|None|undefined)[\s}\]]*$/;

function withoutLastNumber(text: string): string {
  return text.replace(LAST_NUMBER, '');
}

/** A key whose value never came gets a null of the library; the member goes, for nobody said null. */
function withoutMadeUpEnd(json: string, text: string): string {
  return NULL_GIVEN.test(text) ? json : json.replace(NULL_AT_END, '');
}
