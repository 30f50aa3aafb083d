import { object, text, type Json } from '../json.js';
import type { UsageReading } from '../reading/reading.js';
import { unequal } from './content.js';

/** What differs between the counts that the provider told and those of the gateway. */
export function usageDifferences(
  expected: UsageReading | undefined,
  actual: UsageReading | undefined,
  answer: Json,
): string[] {
  if (!actual) return ['usage: none came'];
  const basis = text(object(answer['metadata'])['cost_basis']);
  if (!expected)
    return basis === 'estimated'
      ? []
      : [`cost_basis: estimated expected where the provider tells no usage, ${basis} came`];
  const counts = Object.keys(expected) as (keyof UsageReading)[];
  return [
    ...counts.flatMap((name) => unequal(`usage ${name}`, expected[name], actual[name])),
    ...(basis === 'estimated'
      ? ['cost_basis: the provider told its usage, yet it is estimated']
      : []),
    ...unequal(
      'total_tokens',
      expected.prompt + expected.completion,
      object(answer['usage'])['total_tokens'],
    ),
  ];
}
