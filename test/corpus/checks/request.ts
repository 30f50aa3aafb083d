import type { ReceivedRequest } from '../../support/replay-server.js';
import { isJson, object, parse, type Json } from '../json.js';
import { operationIn } from '../operation.js';
import { outlineChat } from '../request/chat.js';
import { outlineCohere } from '../request/cohere.js';
import { outlineConverse } from '../request/converse.js';
import { outlineGenerateContent } from '../request/generate-content.js';
import { outlineMessages } from '../request/messages.js';
import { outlineResponses } from '../request/responses.js';
import type { Outline, Turn } from '../request/outline.js';
import { unequal } from './content.js';

const OUTLINES: Readonly<Record<string, (request: Json) => Outline>> = {
  chat: outlineChat,
  messages: outlineMessages,
  generateContent: outlineGenerateContent,
  converse: outlineConverse,
  chat_v2: outlineCohere,
  responses: outlineResponses,
};

/** Dialects in which the path says whether the answer is to be streamed. */
const STREAM_IN_PATH = new Set(['generateContent', 'converse']);

/** Providers that want earlier thoughts back in plain words; to others they may be left out. */
const WANTS_THOUGHTS = new Set(['deepseek', 'moonshot', 'zai']);

/** Providers whose streams tell their usage only when asked. */
const WANTS_TO_BE_ASKED = new Set([
  'openai',
  'azure',
  'groq',
  'deepseek',
  'cerebras',
  'huggingface',
  'venice',
  'vercel-gateway',
]);

export interface RecordedRequest {
  readonly api: string;
  readonly folder: string;
  readonly operation?: string | undefined;
  readonly request: Json;
}

/** What differs between the request that was recorded and the one that the gateway sends to say the same. */
export function requestDifferences(
  { api, folder, operation, request }: RecordedRequest,
  received: ReceivedRequest | undefined,
): string[] {
  const outline = OUTLINES[api];
  const sent = parse(received?.body ?? '');
  if (!outline) return [];
  if (!isJson(sent)) return ['request: what the gateway sends is no JSON object'];
  const [expected, actual] = [outline(request), outline(sent)];
  const names = [
    ...new Set([...Object.keys(expected.parameters), ...Object.keys(actual.parameters)]),
  ];
  return [
    ...(STREAM_IN_PATH.has(api)
      ? []
      : unequal('request, stream', request['stream'] === true, sent['stream'] === true)),
    ...(operation === undefined
      ? []
      : unequal('request, operation', operation, operationIn(received?.path ?? ''))),
    ...(api === 'chat' ? usageOption(folder, sent) : []),
    ...unequal('request, system', expected.system, actual.system),
    ...unequal('request, number of turns', expected.turns.length, actual.turns.length),
    ...expected.turns.flatMap((turn, index) =>
      turnDifferences(turn, actual.turns[index], index, folder),
    ),
    ...unequal('request, tools', JSON.stringify(expected.tools), JSON.stringify(actual.tools)),
    ...names.flatMap((name) =>
      unequal(`request, ${name}`, expected.parameters[name], actual.parameters[name]),
    ),
  ];
}

/** Without the usage of the provider a stream could only be billed by an estimate. */
function usageOption(folder: string, sent: Json): string[] {
  const asks = object(sent['stream_options'])['include_usage'] === true;
  const unasked = WANTS_TO_BE_ASKED.has(folder) && sent['stream'] === true && !asks;
  return unasked ? ['request: the provider is not asked for the usage of its stream'] : [];
}

function turnDifferences(
  expected: Turn,
  actual: Turn | undefined,
  index: number,
  folder: string,
): string[] {
  const mayForget = actual?.thoughts === '' && !WANTS_THOUGHTS.has(folder);
  const wanted = mayForget ? { ...expected, thoughts: '' } : expected;
  return unequal(`request, turn ${index}`, JSON.stringify(wanted), JSON.stringify(actual));
}
