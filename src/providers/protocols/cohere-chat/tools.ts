import type { ChatRequest, ChatTool, FunctionTool, ToolChoice } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';

/** Models from before tools could be forced or forbidden. Source: docs.cohere.com/reference/chat, tool_choice. */
const WITHOUT_CHOICE = /^command-r(?:-plus)?(?:-0[48]-2024)?$/;

/** Whether all of the tools can be sent: only functions can. */
export function areSupportedTools(tools: readonly ChatTool[]): boolean {
  return tools.every(({ type }) => type === 'function');
}

/** Whether the model knows a choice. One of certain functions is made by leaving the others out. */
export function isSupportedChoice(choice: ToolChoice | undefined, { offer }: Target): boolean {
  if (choice === undefined || choice === 'auto') return true;
  const isKnown =
    typeof choice === 'string' || choice.type === 'function' || choice.type === 'allowed_tools';
  return (
    isKnown && (!WITHOUT_CHOICE.test(offer.upstreamModel) || nativeChoice(choice) === undefined)
  );
}

/**
 * What the request says of tools, in native form. Strictness is asked for all functions at once, so it is where all
 * of them want it; the API wants a required parameter of each of them then.
 */
export function toNativeTools({
  tools = [],
  tool_choice: choice,
  ...request
}: ChatRequest): JsonObject {
  const chosen = tools.filter((tool): tool is FunctionTool => isChosen(tool, choice));
  if (chosen.length === 0) return {};
  const kind = nativeChoice(choice);
  const isStrict = request['strict_tools'] === undefined && chosen.every(canBeStrict);
  return {
    tools: chosen.map(nativeFunction),
    ...(kind === undefined ? {} : { tool_choice: kind }),
    ...(isStrict ? { strict_tools: true } : {}),
  };
}

function isChosen(tool: ChatTool, choice: ToolChoice | undefined): boolean {
  if (typeof choice !== 'object') return true;
  const name = nameOf(tool);
  return choice.type === 'allowed_tools'
    ? choice.allowed_tools.tools.some((allowed) => nameOf(allowed) === name)
    : nameOf(choice) === name;
}

function nameOf(tool: JsonObject): string | undefined {
  return stringOf(objectOf(tool['function'])['name']);
}

function nativeChoice(choice: ToolChoice | undefined): string | undefined {
  if (choice === 'none') return 'NONE';
  if (choice === 'required') return 'REQUIRED';
  if (typeof choice !== 'object') return undefined;
  return choice.type === 'allowed_tools' && choice.allowed_tools.mode !== 'required'
    ? undefined
    : 'REQUIRED';
}

function canBeStrict({ function: { strict, parameters } }: FunctionTool): boolean {
  const required = objectOf(parameters)['required'];
  return strict === true && Array.isArray(required) && required.length > 0;
}

function nativeFunction({ function: declared }: FunctionTool): JsonObject {
  const { strict: _strict, parameters, ...named } = declared;
  return {
    type: 'function',
    function: { ...named, parameters: parameters ?? { type: 'object', properties: {} } },
  };
}
