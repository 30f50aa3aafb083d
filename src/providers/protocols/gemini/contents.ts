import type { ChatMessage, ChatRole } from '../../../core/chat.js';
import type { JsonObject } from '../json.js';
import { contentParts } from './content-parts.js';
import { modelParts } from './model-turn.js';
import {
  NO_CALLS,
  openCalls,
  toolResultParts,
  type OpenCalls,
  type ToolResult,
} from './tool-results.js';

/** The conversation in Gemini's form. */
export interface Conversation {
  readonly systemInstruction?: { readonly parts: readonly JsonObject[] };
  readonly contents: readonly Turn[];
}

interface Turn {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonObject[];
}

/** What a message is to Gemini. */
const PLACES: Readonly<Record<ChatRole, 'instruction' | 'user' | 'model' | 'result'>> = {
  system: 'instruction',
  developer: 'instruction',
  user: 'user',
  assistant: 'model',
  tool: 'result',
  function: 'result',
};

interface Progress {
  readonly instructions: JsonObject[];
  readonly turns: Turn[];
  readonly results: ToolResult[];
  calls: OpenCalls;
}

/**
 * Messages as turns of user and model; what one side says in a row is one turn, and results of tools are said by the
 * user. Instructions go apart, unless there is nothing else: then they are what the user says.
 * @throws GatewayError invalid_parameter naming the part that Gemini cannot take
 */
export function conversation(
  messages: readonly ChatMessage[],
  upstreamModel: string,
): Conversation {
  const progress: Progress = { instructions: [], turns: [], results: [], calls: NO_CALLS };
  for (const [position, message] of messages.entries()) {
    takeMessage(progress, message, `messages[${position}]`, upstreamModel);
  }
  closeResults(progress, upstreamModel);
  const { instructions, turns } = progress;
  if (instructions.length === 0) return { contents: turns };
  if (turns.length === 0) return { contents: [{ role: 'user', parts: instructions }] };
  return { systemInstruction: { parts: instructions }, contents: turns };
}

function takeMessage(
  progress: Progress,
  message: ChatMessage,
  param: string,
  upstreamModel: string,
): void {
  const place = PLACES[message.role];
  if (place === 'result') {
    progress.results.push({ message, param });
    return;
  }
  if (place === 'instruction') {
    progress.instructions.push(...contentParts(message.content, `${param}.content`));
    return;
  }
  closeResults(progress, upstreamModel);
  if (place === 'user') {
    say(progress, 'user', contentParts(message.content, `${param}.content`));
    return;
  }
  progress.calls = openCalls(progress.calls, message);
  say(progress, 'model', modelParts(message, upstreamModel, param));
}

function closeResults(progress: Progress, upstreamModel: string): void {
  const results = progress.results.splice(0);
  if (results.length === 0) return;
  say(progress, 'user', toolResultParts(results, progress.calls, upstreamModel));
}

/** A turn without parts would be refused; a message that says nothing makes none. */
function say(progress: Progress, role: Turn['role'], parts: readonly JsonObject[]): void {
  if (parts.length === 0) return;
  const last = progress.turns.at(-1);
  if (last?.role !== role) progress.turns.push({ role, parts });
  else progress.turns.splice(-1, 1, { role, parts: [...last.parts, ...parts] });
}
