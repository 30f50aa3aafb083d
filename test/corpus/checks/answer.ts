import { chunksOf, inBandError, type GatewayAnswer } from '../client/gateway-answer.js';
import { readAnswer, usageObject } from '../client/read-answer.js';
import { object, text, type Json } from '../json.js';
import type { Reading } from '../reading/reading.js';
import { contentDifferences, unequal } from './content.js';
import { costDifferences } from './cost.js';
import { errorDifferences, madeUpFinish } from './error.js';
import { schemaDifferences, type OpenAiSchemas } from './schema.js';
import { streamFormDifferences, type UsageOption } from './stream-form.js';
import { usageDifferences } from './usage.js';

export interface Asked {
  readonly providerId: string;
  /** The provider's own name of the model. */
  readonly upstreamModel: string;
  readonly usage: UsageOption;
  readonly schemas: OpenAiSchemas | undefined;
}

/** Everything in which an answer of the gateway differs from what it should be, the gravest first. */
export function answerDifferences(
  expected: Reading,
  answer: GatewayAnswer,
  asked: Asked,
): string[] {
  const actual = readAnswer(answer);
  const errors = errorDifferences(expected.error, actual, answer);
  if (errors.length > 0) return errors;
  const form = [
    ...(answer.frames ? streamFormDifferences(answer, asked.usage) : []),
    ...(asked.schemas ? validity(answer, asked.schemas) : []),
  ];
  if (expected.error) {
    const begun = answer.frames
      ? [...contentDifferences(expected, actual), ...madeUpFinish(expected, actual)]
      : [];
    return [...begun, ...form];
  }
  const content = contentDifferences(expected, actual);
  if (answer.frames && asked.usage === false) return [...content, ...form];
  const last = answer.body ?? { ...object(chunksOf(answer).at(-1)), usage: usageObject(answer) };
  return [
    ...content,
    ...usageDifferences(expected.usage, actual.usage, last),
    ...costDifferences(answer.source),
    ...metadataDifferences(object(last['metadata']), asked),
    ...form,
  ];
}

function metadataDifferences(metadata: Json, asked: Asked): string[] {
  return [
    ...unequal('metadata.used_provider', asked.providerId, text(metadata['used_provider'])),
    ...unequal(
      'metadata.underlying_used_model',
      asked.upstreamModel,
      text(metadata['underlying_used_model']),
    ),
  ];
}

function validity(answer: GatewayAnswer, schemas: OpenAiSchemas): string[] {
  const failure = answer.frames ? inBandError(answer) : undefined;
  if (answer.body && answer.status >= 400)
    return schemaDifferences(schemas.error, answer.body, 'error body');
  if (answer.body) return schemaDifferences(schemas.completion, answer.body, 'completion');
  const chunks = chunksOf(answer).map((chunk) => schemaDifferences(schemas.chunk, chunk, 'chunk'));
  const wrong = chunks.find((differences) => differences.length > 0) ?? [];
  return failure
    ? [...wrong, ...schemaDifferences(schemas.error, { error: failure }, 'error frame')]
    : wrong;
}
