import { count, isJson, object, objects, text, type Json } from '../json.js';
import {
  argumentsOf,
  emptyDraft,
  finished,
  type ChoiceReading,
  type Reading,
  type UsageReading,
} from '../reading/reading.js';
import { accumulate, type AccumulatedChoice } from './accumulate.js';
import { chunksOf, errorCode, type GatewayAnswer } from './gateway-answer.js';

/** What the gateway's answer says, in the form in which recordings are read. */
export function readAnswer(answer: GatewayAnswer): Reading {
  const chunks = chunksOf(answer);
  const code = errorCode(answer);
  const choices = accumulate(answer.body, chunks);
  return {
    choices: choices.map(readChoice),
    usage: usageOf(usageObject(answer)),
    error: code === undefined ? undefined : { status: answer.status, codes: [code] },
  };
}

/** The gateway's usage: of the JSON answer, or of the last chunk that has one. */
export function usageObject(answer: GatewayAnswer): Json | undefined {
  const told = answer.body ? [answer.body] : chunksOf(answer);
  return told
    .map((chunk) => chunk['usage'])
    .filter(isJson)
    .at(-1);
}

function readChoice({ message, finish, logprobs }: AccumulatedChoice): ChoiceReading {
  const draft = emptyDraft(text(message['refusal']));
  draft.text = text(message['content']);
  draft.reasoning = [text(message['reasoning'])];
  draft.finish = finish ? [finish] : [];
  draft.images = Array.isArray(message['images']) ? message['images'].length : 0;
  draft.audio = isJson(message['audio']);
  draft.logprobs = logprobs;
  draft.citations = objects(message['annotations']).map((note) =>
    text(object(note['url_citation'])['url']),
  );
  for (const detail of objects(message['reasoning_details']))
    draft.signatures.push(text(detail['signature']), text(detail['data']));
  const calls = objects(message['tool_calls']);
  const legacy: Json[] = isJson(message['function_call'])
    ? [{ function: message['function_call'] }]
    : [];
  for (const call of [...calls, ...legacy]) {
    const called = object(call['function']);
    draft.toolCalls.push({
      id: text(call['id']),
      name: text(called['name']),
      arguments: argumentsOf(text(called['arguments'])),
    });
    draft.signatures.push(
      text(object(object(call['extra_content'])['google'])['thought_signature']),
    );
  }
  // What the gateway says is taken as it is: its finish reason is not put right here.
  return { ...finished(draft), finish: draft.finish };
}

function usageOf(usage: Json | undefined): UsageReading | undefined {
  if (!usage) return undefined;
  const prompt = object(usage['prompt_tokens_details']);
  return {
    prompt: count(usage['prompt_tokens']),
    completion: count(usage['completion_tokens']),
    cached: count(prompt['cached_tokens']),
    cacheWrite: count(prompt['cache_write_tokens']),
    reasoning: count(object(usage['completion_tokens_details'])['reasoning_tokens']),
  };
}
