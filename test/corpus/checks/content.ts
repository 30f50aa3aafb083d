import { isDeepStrictEqual } from 'node:util';
import type { ChoiceReading, Reading, ToolCallReading } from '../reading/reading.js';

/** What differs between what the provider said and what the gateway says, one line each. */
export function contentDifferences(expected: Reading, actual: Reading): string[] {
  if (expected.choices.length !== actual.choices.length) {
    return [`choices: ${expected.choices.length} expected, ${actual.choices.length} came`];
  }
  return expected.choices.flatMap((choice, index) => {
    const other = actual.choices[index];
    const where = expected.choices.length > 1 ? `choice ${index}: ` : '';
    return other ? choiceDifferences(choice, other).map((line) => where + line) : [];
  });
}

function choiceDifferences(expected: ChoiceReading, actual: ChoiceReading): string[] {
  const differences = [
    ...unequal('text', expected.text, actual.text),
    ...unequal('tool calls', expected.toolCalls, withKnownIds(expected, actual)),
    ...unequal('images', expected.images, actual.images),
    ...unequal('audio', expected.audio, actual.audio),
    ...unequal('logprobs', expected.logprobs, actual.logprobs),
    ...(expected.refusal === undefined ? [] : unequal('refusal', expected.refusal, actual.refusal)),
    ...finishDifferences(expected, actual),
  ];
  if (!joins(expected.reasoning).includes(actual.reasoning.join(''))) {
    differences.push(
      ...unequal('reasoning', expected.reasoning.join(''), actual.reasoning.join('')),
    );
  }
  const missing = expected.signatures.filter((signature) => !actual.signatures.includes(signature));
  if (missing.length > 0) differences.push(`signature of reasoning lost: ${short(missing[0])}`);
  return [...differences, ...citationDifferences(expected, actual)];
}

/** Where the provider gives no id, any that the gateway makes is right. */
function withKnownIds(expected: ChoiceReading, actual: ChoiceReading): ToolCallReading[] {
  return actual.toolCalls.map((call, index) =>
    expected.toolCalls[index]?.id === '' ? { ...call, id: '' } : call,
  );
}

function finishDifferences(expected: ChoiceReading, actual: ChoiceReading): string[] {
  if (
    expected.finish.length === 0 ||
    actual.finish.some((reason) => expected.finish.includes(reason))
  )
    return [];
  return [
    `finish_reason: ${expected.finish.join(' or ')} expected, ${actual.finish[0] ?? 'none'} came`,
  ];
}

/** Every address that the text cites must be there; sources that it does not refer to may be. */
function citationDifferences(expected: ChoiceReading, actual: ChoiceReading): string[] {
  const missing = expected.citations.find((address) => !actual.citations.includes(address));
  const known = [...expected.citations, ...expected.sources];
  const madeUp = actual.citations.find((address) => !known.includes(address));
  return [
    ...(missing === undefined ? [] : [`citation lost: ${missing}`]),
    ...(madeUp === undefined ? [] : [`citation that the provider did not give: ${madeUp}`]),
  ];
}

/** The ways in which blocks of thought may be joined. */
function joins(pieces: readonly string[]): string[] {
  return [pieces.join(''), pieces.join('\n'), pieces.join('\n\n')];
}

/** A line if two values differ, with where strings part. */
export function unequal(what: string, expected: unknown, actual: unknown): string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (typeof expected !== 'string' || typeof actual !== 'string') {
    return [`${what}: ${short(expected)} expected, ${short(actual)} came`];
  }
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at += 1;
  const from = Math.max(0, at - 10);
  return [
    `${what}: ${short(expected.slice(from))} expected, ${short(actual.slice(from))} came (from character ${at})`,
  ];
}

/** A value for a line of the report. */
export function short(value: unknown): string {
  const written = JSON.stringify(value) ?? 'nothing';
  return written.length > 90 ? `${written.slice(0, 88)}…` : written;
}
