import type { ChatMessage, ReasoningDetail, ToolCall } from '../../../core/chat.js';
import { invalidParameter } from '../../../core/errors.js';
import {
  countOf,
  isObject,
  listOf,
  objectOf,
  parseJson,
  stringOf,
  type JsonObject,
} from '../json.js';
import { isSyntheticCallId } from './candidate.js';
import { contentText } from './content-parts.js';
import { mediaPart } from './media-in.js';
import { isThirdGeneration } from './model-family.js';
import { GEMINI_FORMAT } from './reasoning.js';

/**
 * Stands for the signature of a call that another provider's model made: without any the third generation answers
 * 400. Source: ai.google.dev/gemini-api/docs/thought-signatures, frequently asked questions.
 */
const FOREIGN_CALL = 'skip_thought_signature_validator';

/**
 * An assistant message as parts of a model turn. Reasoning details of an earlier Gemini answer put its thoughts and
 * signatures back where they were; those of other providers mean nothing here and are left out.
 * @param param path of the message, for the error
 * @throws GatewayError invalid_parameter for arguments that are not an object, and speech that is only named by id
 */
export function modelParts(
  message: ChatMessage,
  upstreamModel: string,
  param: string,
): JsonObject[] {
  const parts = [
    ...answerParts(message, param),
    ...callParts(message, isThirdGeneration(upstreamModel), param),
  ];
  if (parts.length === 0 && stringOf(message.refusal)) return [{ text: message.refusal }];
  if (parts.length === 0 && isObject(message['audio'])) {
    throw invalidParameter(
      `${param}.audio`,
      'Earlier speech cannot be referred to by its id; send its transcript as content.',
    );
  }
  return parts;
}

/** What has been put into the turn so far. */
interface Progress {
  readonly parts: JsonObject[];
  /** Length of the content that was put in. */
  contentLength: number;
  readonly imagesUsed: Set<number>;
}

function answerParts(message: ChatMessage, param: string): JsonObject[] {
  const content = contentText(message.content, '');
  const images = imageParts(message, param);
  // Client packages that add up deltas string by string repeat the format with every piece of a thought.
  const details = (message.reasoning_details ?? []).filter(({ format }) =>
    stringOf(format)?.startsWith(GEMINI_FORMAT),
  );
  const progress: Progress = { parts: [], contentLength: 0, imagesUsed: new Set() };
  for (const detail of details) putDetail(progress, detail, content, images);
  putText(progress, content, content.length);
  progress.parts.push(...images.filter((_image, index) => !progress.imagesUsed.has(index)));
  return progress.parts;
}

/** The content up to an index, as far as it is not in the turn yet. */
function putText(progress: Progress, content: string, end: number): void {
  if (end <= progress.contentLength) return;
  progress.parts.push({ text: content.slice(progress.contentLength, end) });
  progress.contentLength = end;
}

function putDetail(
  progress: Progress,
  detail: ReasoningDetail,
  content: string,
  images: readonly JsonObject[],
): void {
  const start = countOf(detail['start_index']) ?? 0;
  putText(progress, content, Math.min(start, content.length));
  const signed = detail.type === 'reasoning.text' ? detail.signature : detail.data;
  const signature = signed === undefined ? {} : { thoughtSignature: signed };
  const image = countOf(detail['image_index']);
  if (detail.type === 'reasoning.text') {
    progress.parts.push({ text: detail.text ?? '', thought: true, ...signature });
  } else if (isObject(detail['part'])) {
    progress.parts.push({ ...detail['part'], ...signature });
  } else if (image !== undefined) {
    const part = images[image];
    if (part) progress.parts.push({ ...part, ...signature });
    progress.imagesUsed.add(image);
  } else if (signed !== undefined) {
    const end = Math.min(countOf(detail['end_index']) ?? content.length, content.length);
    const text = content.slice(progress.contentLength, end);
    progress.parts.push({ text, ...signature });
    progress.contentLength = Math.max(progress.contentLength, end);
  }
}

/** Images of an earlier answer: data URLs, or parts in OpenAI's form around them. */
function imageParts(message: ChatMessage, param: string): JsonObject[] {
  return listOf(message['images']).map((image, position) => {
    const url = stringOf(image) ?? stringOf(objectOf(objectOf(image)['image_url'])['url']) ?? '';
    return mediaPart(url, 'image/png', `${param}.images[${position}]`);
  });
}

function callParts(message: ChatMessage, wantsSignature: boolean, param: string): JsonObject[] {
  const calls = callsOf(message);
  const isSigned = calls.some((call) => signatureOf(call) !== undefined);
  return calls.map((call, position) => {
    const isForeign = wantsSignature && !isSigned && position === 0;
    const signature = signatureOf(call) ?? (isForeign ? FOREIGN_CALL : undefined);
    const { name, arguments: text } = call.function;
    const functionCall = {
      ...callId(call.id),
      name,
      args: argumentsOf(text, `${param}.tool_calls[${position}].function.arguments`),
    };
    return { functionCall, ...(signature === undefined ? {} : { thoughtSignature: signature }) };
  });
}

/** The calls of a message, the single one of OpenAI's older form included. */
export function callsOf(message: ChatMessage): readonly ToolCall[] {
  if (message.tool_calls) return message.tool_calls.filter((call) => isObject(call.function));
  const older = message['function_call'];
  if (!isObject(older)) return [];
  const name = stringOf(older['name']) ?? '';
  const call = { name, arguments: stringOf(older['arguments']) ?? '' };
  return [{ id: '', type: 'function', function: call }];
}

/** The id member of a call or its result: left out where Gemini gave none and the gateway made one. */
export function callId(id: string | undefined): { id?: string } {
  return id === undefined || id === '' || isSyntheticCallId(id) ? {} : { id };
}

function signatureOf(call: ToolCall): string | undefined {
  return stringOf(objectOf(objectOf(call.extra_content)['google'])['thought_signature']);
}

function argumentsOf(text: unknown, param: string): JsonObject {
  if (isObject(text)) return text;
  const source = stringOf(text) ?? '';
  const parsed = source.trim() === '' ? {} : parseJson(source);
  if (isObject(parsed)) return parsed;
  throw invalidParameter(param, 'The arguments of a tool call must be a JSON object.');
}
