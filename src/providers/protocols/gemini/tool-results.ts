import type { ChatMessage } from '../../../core/chat.js';
import { invalidParameter } from '../../../core/errors.js';
import { isObject, parseJson, type JsonObject } from '../json.js';
import { contentParts, contentText } from './content-parts.js';
import { isThirdGeneration } from './model-family.js';
import { callId, callsOf } from './model-turn.js';

/** The calls of the newest assistant message: name and position by id. */
export type OpenCalls = ReadonlyMap<string, { readonly name: string; readonly position: number }>;

export const NO_CALLS: OpenCalls = new Map();

/** The calls that an assistant message opens; the ones before it that have the same id are forgotten. */
export function openCalls(known: OpenCalls, message: ChatMessage): OpenCalls {
  const opened = new Map(known);
  for (const [position, call] of callsOf(message).entries()) {
    opened.set(call.id, { name: call.function.name, position });
  }
  return opened;
}

/** A message with the result of a tool, and its path for errors. */
export interface ToolResult {
  readonly message: ChatMessage;
  readonly param: string;
}

interface NamedResult extends ToolResult {
  readonly name: string;
  readonly position: number;
}

/**
 * Results of tools that stand in a row, as parts of one user turn. They are put into the order of the calls, because
 * that is how Gemini matches calls of one name that have no id.
 * @throws GatewayError invalid_parameter for the result of a call that is not in the conversation
 */
export function toolResultParts(
  results: readonly ToolResult[],
  calls: OpenCalls,
  upstreamModel: string,
): JsonObject[] {
  const named = results.map((result) => withName(result, calls));
  named.sort((one, other) => one.position - other.position);
  const answers = named.map((result) => answerParts(result, isThirdGeneration(upstreamModel)));
  return [...answers.map(({ response }) => response), ...answers.flatMap(({ beside }) => beside)];
}

function withName(result: ToolResult, calls: OpenCalls): NamedResult {
  const { message, param } = result;
  const call = calls.get(message.tool_call_id ?? '');
  const name = call?.name ?? message.name;
  if (name === undefined) {
    throw invalidParameter(
      `${param}.tool_call_id`,
      'No earlier assistant message has a tool call with this id.',
    );
  }
  return { ...result, name, position: call?.position ?? 0 };
}

/** Files of a result stand inside it from the third generation on, and after all results before that. */
function answerParts(
  { message, param, name }: NamedResult,
  takesFiles: boolean,
): { response: JsonObject; beside: JsonObject[] } {
  const files = contentParts(message.content, `${param}.content`).filter(
    (part) => !('text' in part),
  );
  const text = contentText(message.content, '\n');
  const functionResponse = {
    ...callId(message.tool_call_id),
    name,
    response: text === '' && files.length > 0 ? {} : responseOf(text),
    ...(takesFiles && files.length > 0 ? { parts: files } : {}),
  };
  return { response: { functionResponse }, beside: takesFiles ? [] : files };
}

/** The response must be an object; any other text is the result itself. */
function responseOf(text: string): JsonObject {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : { result: text };
}
