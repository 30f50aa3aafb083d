import type { Damage } from './lenient-value.js';
import { lenientValue } from './lenient-value.js';
import { parsed, repaired, type RepairedValue } from './repair.js';
import { unwrapped, type Wrapping } from './wrapping.js';

/** What was done to an answer, in the order in which it was done. */
export type HealingStep = Wrapping | 'surrounding_text' | 'several_values' | Damage | 'syntax';

/** An answer after healing. */
export interface Healed {
  /** The answer itself where nothing was to do, or nothing could be done. */
  readonly text: string;
  readonly healed: boolean;
  readonly steps: readonly HealingStep[];
  /** Whether the answer is what was asked for; null where that could not be found out. */
  readonly valid: boolean | null;
}

/** What an answer has to be. */
export interface Expectation {
  /** True or false; null where it cannot be found out. @throws as Validator */
  judge(value: unknown): boolean | null;
}

/** An object with a key, a list with a value, or an empty one. */
const VALUE_START =
  /^(?:\{\s*(?:["'`\u201c\u2018}/]|[\p{L}\p{N}_$-]{1,100}\s*:|$)|\[\s*(?:["'`\u201c\u2018[\]{/\d-]|true|false|null|True|False|None|$))/u;

/** More places where a value could begin are not tried. */
const MAX_CANDIDATES = 16;

/**
 * The JSON answer in a text. A text that is JSON stays as it is, valid or not; any other is changed only into a value
 * that meets the expectation. `wasCut`: it ended at a limit and not by itself.
 */
export function heal(text: string, expected: Expectation, wasCut: boolean): Healed {
  const whole = parsed(text);
  if (whole) return { text, healed: false, steps: [], valid: expected.judge(whole.value) };
  const { texts, wrappings } = unwrapped(text);
  for (const inner of texts) {
    const found = firstOf(candidatesIn(inner), expected, wasCut);
    if (found) {
      const taken =
        inner === texts[0] ? wrappings : wrappings.filter((name) => name !== 'code_fence');
      return { ...found, healed: true, steps: [...taken, ...found.steps] };
    }
  }
  return { text, healed: false, steps: [], valid: false };
}

interface Candidate {
  readonly json: string;
  readonly isClosed: boolean;
  readonly around: readonly HealingStep[];
}

type Found = Pick<Healed, 'text' | 'steps' | 'valid'>;

/** The first value that is what was asked for: a stream cannot take the first one back in favour of a later one. */
function firstOf(
  candidates: readonly Candidate[],
  expected: Expectation,
  wasCut: boolean,
): Found | undefined {
  for (const { json, isClosed, around } of candidates) {
    const whole = parsed(json);
    const value = whole
      ? { json, value: whole.value, steps: [] }
      : repaired(json, wasCut && !isClosed);
    const taken = value && accepted(value, around, expected);
    if (taken) return taken;
  }
  return undefined;
}

function accepted(
  { json, value, steps }: RepairedValue,
  around: readonly HealingStep[],
  expected: Expectation,
): Found | undefined {
  const valid = expected.judge(value);
  return valid === false ? undefined : { text: json, steps: [...around, ...steps], valid };
}

/** The values that begin at an opening bracket, one behind the other; brackets of prose begin none. */
function candidatesIn(text: string): readonly Candidate[] {
  const candidates: Candidate[] = [];
  let from = 0;
  while (candidates.length < MAX_CANDIDATES) {
    const start = nextBracket(text, from);
    if (start < 0) break;
    from = start + 1;
    if (!VALUE_START.test(text.slice(start, start + 200))) continue;
    const { end, isClosed } = lenientValue(text, start);
    const around = aroundOf(text.slice(0, start), text.slice(end));
    candidates.push({ json: text.slice(start, end), isClosed, around });
    // What stands inside a value that was not closed is a part of it and no answer.
    from = end;
  }
  return candidates;
}

function nextBracket(text: string, from: number): number {
  const object = text.indexOf('{', from);
  const list = text.indexOf('[', from);
  if (object < 0 || list < 0) return Math.max(object, list);
  return Math.min(object, list);
}

function aroundOf(before: string, after: string): readonly HealingStep[] {
  const steps: HealingStep[] = [];
  const isMore = /^[\s,;]*[{[]/.test(after) || /[}\]][\s,;]*$/.test(before);
  if (isMore) steps.push('several_values');
  else if (before.trim() !== '' || after.trim() !== '') steps.push('surrounding_text');
  return steps;
}
