import { count, isJson, object, objects, text, type Json } from '../json.js';
import { BROKEN_OFF, failureIn } from './failure.js';
import { PartialCall } from './partial-call.js';
import {
  emptyDraft,
  finished,
  type ChoiceDraft,
  type Reading,
  type UsageReading,
} from './reading.js';

/** Google's finish reasons; every other one ends an answer for a reason of safety or policy. */
const FINISH: Readonly<Record<string, readonly string[]>> = {
  STOP: ['stop'],
  MAX_TOKENS: ['length'],
  // Neither of the four is exactly right for these; an answer that calls tools all the same may say so.
  OTHER: ['stop', 'content_filter'],
  MALFORMED_FUNCTION_CALL: ['stop', 'content_filter', 'tool_calls'],
  UNEXPECTED_TOOL_CALL: ['stop', 'content_filter', 'tool_calls'],
  TOO_MANY_TOOL_CALLS: ['stop', 'content_filter', 'tool_calls'],
};

interface Draft extends ChoiceDraft {
  readonly partial: PartialCall;
}

/** Reads an answer of Gemini's generateContent: the one payload of a JSON answer, or all of a stream's. */
export function readGenerateContent(payloads: readonly Json[]): Reading {
  const drafts = new Map<number, Draft>();
  for (const payload of payloads) {
    for (const candidate of objects(payload['candidates']))
      addCandidate(draftAt(drafts, count(candidate['index'])), candidate);
  }
  const blocked =
    drafts.size === 0 && payloads.some((payload) => isJson(payload['promptFeedback']));
  if (blocked) draftAt(drafts, 0).finish = ['content_filter'];
  const choices = [...drafts.values()].map(({ partial, ...draft }) =>
    finished({ ...draft, toolCalls: [...draft.toolCalls, ...partial.rest()] }),
  );
  const complete = choices.length > 0 && choices.every((choice) => choice.finish.length > 0);
  const failure = payloads.map(failureIn).find((found) => found !== undefined);
  return {
    choices,
    usage: usageOf(payloads),
    error: failure ?? (complete ? undefined : BROKEN_OFF),
  };
}

function draftAt(drafts: Map<number, Draft>, index: number): Draft {
  const draft = drafts.get(index) ?? { ...emptyDraft(), partial: new PartialCall() };
  drafts.set(index, draft);
  return draft;
}

function addCandidate(draft: Draft, candidate: Json): void {
  for (const part of objects(object(candidate['content'])['parts'])) addPart(draft, part);
  const reason = candidate['finishReason'];
  if (typeof reason === 'string') draft.finish = FINISH[reason] ?? ['content_filter'];
  addCitations(draft, candidate);
}

function addPart(draft: Draft, part: Json): void {
  const words = text(part['text']);
  if (part['thought'] === true) draft.reasoning = [draft.reasoning.join('') + words];
  else draft.text += words;
  if (isJson(part['functionCall'])) {
    draft.toolCalls.push(...draft.partial.add(part['functionCall']));
    draft.signatures.push(text(part['thoughtSignature']));
  }
  const media = text(object(part['inlineData'])['mimeType']);
  if (media.startsWith('image/')) draft.images += 1;
  if (media.startsWith('audio/')) draft.audio = true;
}

function addCitations(draft: Draft, candidate: Json): void {
  const grounding = object(candidate['groundingMetadata']);
  const chunks = objects(grounding['groundingChunks']).map((chunk) =>
    text(object(chunk['web'])['uri']),
  );
  for (const support of objects(grounding['groundingSupports'])) {
    const indices = Array.isArray(support['groundingChunkIndices'])
      ? support['groundingChunkIndices']
      : [];
    draft.citations.push(...indices.map((index) => chunks[count(index)] ?? ''));
  }
  draft.citations.push(
    ...objects(object(candidate['citationMetadata'])['citationSources']).map((source) =>
      text(source['uri']),
    ),
  );
  draft.sources.push(...chunks);
  draft.sources.push(
    ...objects(object(candidate['urlContextMetadata'])['urlMetadata']).map((page) =>
      text(page['retrievedUrl']),
    ),
  );
}

/** Counts are cumulative: the last ones hold. Thoughts stand beside candidates, results of tools beside the prompt. */
function usageOf(payloads: readonly Json[]): UsageReading | undefined {
  const told = payloads
    .map((payload) => payload['usageMetadata'])
    .filter(isJson)
    .filter((usage) => 'promptTokenCount' in usage)
    .at(-1);
  if (!told) return undefined;
  const reasoning = count(told['thoughtsTokenCount']);
  return {
    prompt: count(told['promptTokenCount']) + count(told['toolUsePromptTokenCount']),
    completion: count(told['candidatesTokenCount']) + reasoning,
    cached: count(told['cachedContentTokenCount']),
    cacheWrite: 0,
    reasoning,
  };
}
