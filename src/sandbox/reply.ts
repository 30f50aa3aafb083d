import { damagedJson } from './damaged-json.js';
import { withoutDirectives } from './directives.js';
import { schemaInstance } from './schema-instance.js';
import { hasSearchResults, withoutSearchResults } from './search.js';
import { bounded, countPromptTokens, splitPieces, splitTokens, wordTokens } from './tokens.js';
import type { Choice, Finish, Message, Reply, SandboxRequest, ToolCall } from './types.js';

/** Where in the list of words what is reasoned begins. */
export const REASONING_OFFSET = 7;
const REFUSAL_TEXT = "I'm sorry, but I can't help with that.";
const NO_TEXT = 'Hello from the sandbox.';

/** Decides what to answer. The same request always gets the same reply. */
export function decideReply(request: SandboxRequest): Reply {
  const choices = Array.from({ length: request.n }, (_, index) => decideChoice(request, index));
  const promptTokens = countPromptTokens(request.messages);
  return {
    choices,
    usage: {
      promptTokens,
      cachedTokens: Math.min(request.directives.cached ?? 0, promptTokens),
      completionTokens: choices.reduce((sum, choice) => sum + tokensOf(choice), 0),
      reasoningTokens: choices.reduce((sum, choice) => sum + choice.reasoning.length, 0),
    },
  };
}

/** The last thing the user wrote: it carries the directives and is echoed. What is quoted to it says nothing. */
export function lastUserText(messages: readonly Message[]): string {
  return withoutSearchResults(lastUserMessage(messages));
}

function lastUserMessage(messages: readonly Message[]): string {
  return messages.findLast((message) => message.role === 'user')?.text ?? '';
}

/** Tokens of one tool call: its name is one, and so is every piece of its arguments. */
export function toolCallTokens(call: ToolCall): number {
  return 1 + call.pieces.length;
}

function tokensOf(choice: Choice): number {
  const calls = choice.toolCalls.reduce((sum, call) => sum + toolCallTokens(call), 0);
  return choice.reasoning.length + choice.text.length + calls;
}

function decideChoice(request: SandboxRequest, index: number): Choice {
  const reasoning = wordTokens(request.directives.reasoning ?? 0, REASONING_OFFSET);
  const toolCalls = decideToolCalls(request);
  const calls = toolCalls.length > 0;
  const { text, stopSequence } = calls ? NOTHING : decideText(request, index);
  const finish = request.directives.finish ?? (calls ? 'tool_calls' : 'stop');
  return limited({ reasoning, text, toolCalls, finish, stopSequence }, request.maxTokens);
}

interface Text {
  readonly text: readonly string[];
  readonly stopSequence?: string | undefined;
}

const NOTHING: Text = { text: [] };

function decideText(request: SandboxRequest, index: number): Text {
  const { directives, responseFormat, stop } = request;
  if (directives.big !== undefined) return { text: ['x'.repeat(directives.big)] };
  if (responseFormat !== undefined && directives.finish !== 'refusal') {
    return { text: splitPieces(damagedJson(formattedText(request), directives.badJson)) };
  }
  if (directives.tokens !== undefined) {
    const tokens = wordTokens(directives.tokens, index);
    return stop.length === 0 ? { text: tokens } : stopped(tokens.join(''), stop);
  }
  return stopped(sentence(request, index), stop);
}

function formattedText(request: SandboxRequest): string {
  const format = request.responseFormat;
  const answer = echoed(request);
  if (format?.kind === 'json_schema') return JSON.stringify(schemaInstance(format.schema));
  return JSON.stringify({ answer });
}

function sentence(request: SandboxRequest, index: number): string {
  if (request.directives.finish === 'refusal') return REFUSAL_TEXT;
  const last = request.messages.at(-1);
  if (last?.role === 'tool') return `The tool answered: ${bounded(last.text)}`;
  const echo = echoed(request) + reference(request);
  if (echo === '') return NO_TEXT;
  // Alternatives differ, so that a proxy which mixes them up is found out.
  return index === 0 ? `You said: ${echo}` : `You said (${index + 1}): ${echo}`;
}

/** Where results of a search are quoted, the first is cited, and nothing more is done with them. */
function reference({ messages, searches }: SandboxRequest): string {
  return searches === true || hasSearchResults(lastUserMessage(messages)) ? ' [1]' : '';
}

function echoed(request: SandboxRequest): string {
  return bounded(withoutDirectives(lastUserText(request.messages)).trim());
}

function stopped(text: string, stop: readonly string[]): Text {
  let end = text.length;
  let stopSequence: string | undefined;
  for (const sequence of stop) {
    const at = sequence === '' ? -1 : text.indexOf(sequence);
    if (at >= 0 && at < end) {
      end = at;
      stopSequence = sequence;
    }
  }
  return { text: splitTokens(text.slice(0, end)), stopSequence };
}

function decideToolCalls(request: SandboxRequest): ToolCall[] {
  const first = firstTool(request);
  if (first === undefined) return [];
  const { directives, tools, toolChoice, parallelTools } = request;
  const count = parallelTools ? Math.max(1, directives.tools ?? 1) : 1;
  const start = tools.findIndex((tool) => tool.name === first);
  const repeats = directives.tool !== undefined || toolChoice.mode === 'named' || start < 0;
  return Array.from({ length: count }, (_, index) => {
    const tool = tools[repeats ? start : (start + index) % tools.length];
    const suffix = index === 0 ? '' : ` ${index + 1}`;
    const args = tool?.schema === undefined ? {} : schemaInstance(tool.schema, suffix);
    return { name: tool?.name ?? first, pieces: splitPieces(argumentsText(args)), complete: true };
  });
}

/** Arguments are always an object, whatever an odd schema says. */
function argumentsText(args: unknown): string {
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  return JSON.stringify(isObject ? args : {});
}

/** The name of the tool to call, if any. A directive may name one that was never declared. */
function firstTool(request: SandboxRequest): string | undefined {
  const { tools, toolChoice, directives, messages } = request;
  if (tools.length === 0 || toolChoice.mode === 'none') return undefined;
  if (toolChoice.mode === 'named') return toolChoice.name;
  if (toolChoice.mode === 'required') return directives.tool ?? tools[0]?.name;
  if (messages.at(-1)?.role === 'tool' || directives.finish === 'refusal') return undefined;
  if (directives.tool !== undefined) return directives.tool;
  if (directives.tools !== undefined && directives.tools > 0) return tools[0]?.name;
  const text = lastUserText(messages);
  return tools.find((tool) => tool.name !== '' && text.includes(tool.name))?.name;
}

/** Cuts an answer at the token limit, in the order in which it is generated. */
function limited(choice: Choice, limit: number | undefined): Choice {
  if (limit === undefined || tokensOf(choice) <= limit) return choice;
  const reasoning = choice.reasoning.slice(0, limit);
  // A choice has text or tool calls, never both, so that what is left serves either.
  let left = limit - reasoning.length;
  const text = choice.text.slice(0, left);
  const toolCalls: ToolCall[] = [];
  for (const call of choice.toolCalls) {
    if (left <= 0) break;
    const pieces = call.pieces.slice(0, left - 1);
    left -= 1 + pieces.length;
    toolCalls.push({ ...call, pieces, complete: pieces.length === call.pieces.length });
  }
  const finish: Finish = 'length';
  return { reasoning, text, toolCalls, finish, stopSequence: undefined };
}
