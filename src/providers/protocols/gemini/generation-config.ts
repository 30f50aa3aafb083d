import type { ChatRequest } from '../../../core/chat.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import { isDefault } from '../parameters.js';
import { speaksOnly } from './model-family.js';
import { toGeminiSchema } from './schema.js';
import { thinkingConfig } from './thinking.js';

/** OpenAI's parameters that Gemini has in the same form. */
const SAME_FORM: readonly (readonly [openai: string, gemini: string])[] = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['seed', 'seed'],
];

/** Parameters that some models refuse even at OpenAI's default, which is then left out. */
const OPTIONAL: readonly (readonly [openai: string, gemini: string])[] = [
  ['n', 'candidateCount'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
];

/**
 * `generationConfig` for a request. One that the client gave in Gemini's own form is kept, and overridden where the
 * request says the same thing in OpenAI's.
 */
export function generationConfig(request: ChatRequest, upstreamModel: string): JsonObject {
  const given = objectOf(request['generationConfig'] ?? request['generation_config']);
  const thinking = thinkingConfig(request, upstreamModel);
  return {
    ...given,
    ...sampling(request),
    ...logprobs(request),
    ...modalities(request, upstreamModel),
    ...speech(request),
    ...responseFormat(request),
    ...(thinking && { thinkingConfig: { ...objectOf(given['thinkingConfig']), ...thinking } }),
  };
}

function sampling(request: ChatRequest): JsonObject {
  const config: JsonObject = {};
  const limit = request.max_completion_tokens ?? request.max_tokens;
  if (limit !== undefined) config['maxOutputTokens'] = limit;
  for (const [openai, gemini] of SAME_FORM) {
    if (request[openai] !== undefined) config[gemini] = request[openai];
  }
  for (const [openai, gemini] of OPTIONAL) {
    const value = request[openai];
    if (value !== undefined && !isDefault(openai, value)) config[gemini] = value;
  }
  const { stop } = request;
  if (stop !== undefined) config['stopSequences'] = typeof stop === 'string' ? [stop] : stop;
  return config;
}

function logprobs(request: ChatRequest): JsonObject {
  if (request.logprobs !== true) return {};
  const { top_logprobs: top } = request;
  return { responseLogprobs: true, ...(top === undefined ? {} : { logprobs: top }) };
}

function modalities(request: ChatRequest, upstreamModel: string): JsonObject {
  const wanted = request.modalities;
  if (wanted === undefined) return {};
  // OpenAI wants text beside audio; a model that only speaks refuses it.
  const isSpeechOnly = speaksOnly(upstreamModel) && wanted.includes('audio');
  const chosen = isSpeechOnly ? ['audio'] : wanted;
  return { responseModalities: chosen.map((modality) => modality.toUpperCase()) };
}

function speech(request: ChatRequest): JsonObject {
  const voiceName = stringOf(request.audio?.['voice']);
  if (voiceName === undefined) return {};
  return { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } } };
}

const JSON_OUTPUT = { responseMimeType: 'application/json' };

function responseFormat({ response_format: format }: ChatRequest): JsonObject {
  if (format === undefined || format.type === 'text') return {};
  const schema = format.type === 'json_schema' ? format.json_schema.schema : undefined;
  if (!isObject(schema)) return JSON_OUTPUT;
  const converted = toGeminiSchema(schema);
  const field = converted.form === 'openapi' ? 'responseSchema' : 'responseJsonSchema';
  return { ...JSON_OUTPUT, [field]: converted.schema };
}
