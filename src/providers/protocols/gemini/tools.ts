import type { ChatRequest, ChatTool, FunctionTool, ToolChoice } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import { isThirdGeneration } from './model-family.js';
import { toGeminiSchema } from './schema.js';

/** Gemini's own tools, by the names under which a client may ask for them. */
const NATIVE_TOOLS: ReadonlyMap<string, string> = new Map(
  [
    'googleSearch',
    'googleSearchRetrieval',
    'googleMaps',
    'codeExecution',
    'urlContext',
    'fileSearch',
    'computerUse',
    'enterpriseWebSearch',
    'retrieval',
    'functionDeclarations',
  ].flatMap((name) => [
    [name, name],
    [snakeCase(name), name],
  ]),
);

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function isFunctionTool(tool: ChatTool): tool is FunctionTool {
  return tool.type === 'function' && isObject(tool['function']);
}

/**
 * A tool of Gemini's own in its form: `{googleSearch: {…}}` is one already, `{type: 'google_search', …}` and
 * `{type: 'web_search'}` name one. Undefined for other tools.
 */
export function nativeTool(tool: ChatTool): JsonObject | undefined {
  if (tool.type === 'web_search') return { googleSearch: {} };
  const { type, ...rest } = tool;
  const named = NATIVE_TOOLS.get(type);
  if (named !== undefined) {
    const options = rest[type] ?? rest[named];
    return { [named]: isObject(options) ? options : rest };
  }
  return Object.keys(rest).some((key) => NATIVE_TOOLS.has(key)) ? rest : undefined;
}

function declaration({ function: given }: FunctionTool): JsonObject {
  const { name, description, parameters } = given;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...parametersOf(parameters),
  };
}

/** A function without parameters says nothing of them: Gemini refuses an object without properties. */
function parametersOf(parameters: JsonObject | undefined): JsonObject {
  if (parameters === undefined || isEmpty(parameters)) return {};
  const { form, schema } = toGeminiSchema(parameters);
  return form === 'openapi' ? { parameters: schema } : { parametersJsonSchema: schema };
}

const CONTENT_KEYWORDS = ['$ref', 'allOf', 'anyOf', 'oneOf', 'patternProperties'];

function isEmpty(schema: JsonObject): boolean {
  if (CONTENT_KEYWORDS.some((keyword) => schema[keyword] !== undefined)) return false;
  const { additionalProperties } = schema;
  const hasFreeKeys = additionalProperties === true || isObject(additionalProperties);
  return Object.keys(objectOf(schema['properties'])).length === 0 && !hasFreeKeys;
}

/** Whether the request asks for a search in any of the three ways. */
function asksForSearch(request: ChatRequest): boolean {
  return isObject(request['web_search_options']) || request['web_search'] === true;
}

/** `tools` and `toolConfig` for the tools of a request, as far as it has any. */
export function toolFields(request: ChatRequest, target: Target): JsonObject {
  const offered = request.tools ?? [];
  const choice = request.tool_choice;
  const functions = offered.filter(isFunctionTool).filter((tool) => isOffered(tool, choice));
  const natives = offered.map(nativeTool).filter((tool) => tool !== undefined);
  const hasSearch = natives.some((tool) => tool['googleSearch'] !== undefined);
  if (asksForSearch(request) && !hasSearch) natives.push({ googleSearch: {} });
  const declarations = functions.map(declaration);
  const tools = [
    ...(declarations.length === 0 ? [] : [{ functionDeclarations: declarations }]),
    ...withoutRepeats(natives),
  ];
  const config = {
    ...objectOf(request['toolConfig'] ?? request['tool_config']),
    ...(declarations.length === 0 ? {} : functionCalling(choice)),
    ...(declarations.length > 0 && natives.length > 0 ? combined(target) : {}),
  };
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(Object.keys(config).length === 0 ? {} : { toolConfig: config }),
  };
}

function withoutRepeats(tools: readonly JsonObject[]): JsonObject[] {
  return [...new Map(tools.map((tool) => [JSON.stringify(tool), tool])).values()];
}

/** Built-in tools beside functions have to be allowed. Source: ai.google.dev/gemini-api/docs/tool-combination. */
function combined({ offer, provider }: Target): JsonObject {
  const isAsked = provider.quirks?.toolCombinationFlag !== false;
  return isAsked && isThirdGeneration(offer.upstreamModel)
    ? { includeServerSideToolInvocations: true }
    : {};
}

const MODES = { none: 'NONE', auto: 'AUTO', required: 'ANY' } as const;

function functionCalling(choice: ToolChoice | undefined): JsonObject {
  if (choice === undefined) return {};
  if (typeof choice === 'string') return { functionCallingConfig: { mode: MODES[choice] } };
  if (choice.type === 'function') {
    return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [choice.function.name] } };
  }
  const { mode } = choice.allowed_tools;
  // Names may be given with ANY only; what `auto` does not allow is not declared.
  const names = mode === 'required' ? { allowedFunctionNames: allowedNames(choice) } : {};
  return { functionCallingConfig: { mode: MODES[mode], ...names } };
}

function allowedNames(choice: ToolChoice): string[] {
  if (typeof choice === 'string' || choice.type !== 'allowed_tools') return [];
  const names = choice.allowed_tools.tools.map((tool) =>
    stringOf(objectOf(tool['function'])['name'] ?? tool['name']),
  );
  return names.filter((name) => name !== undefined);
}

function isOffered(tool: FunctionTool, choice: ToolChoice | undefined): boolean {
  const isRestricted =
    typeof choice === 'object' &&
    choice.type === 'allowed_tools' &&
    choice.allowed_tools.mode === 'auto';
  return !isRestricted || allowedNames(choice).includes(tool.function.name);
}
