import { parseDirectives, type Directives } from './directives.js';
import { checkGemini } from './gemini-checks.js';
import { geminiFrames, geminiWhole } from './gemini-reply.js';
import { arrayAt, isObject, numberAt, objectAt, stringAt, type JsonObject } from './json-read.js';
import { lastUserText } from './reply.js';
import type {
  Dialect,
  Message,
  ResponseFormat,
  SandboxRequest,
  Target,
  ToolChoice,
  ToolSpec,
} from './types.js';

const USUAL_THOUGHT_TOKENS = 8;
const MAX_CANDIDATES = 8;

/** Gemini generateContent and streamGenerateContent. */
export const gemini: Dialect = {
  protocol: 'gemini',
  parse,
  check: checkGemini,
  whole: geminiWhole,
  frames: geminiFrames,
};

function parse(raw: JsonObject, target: Target): SandboxRequest {
  const body = camel(raw);
  const config = camel(objectAt(body, 'generationConfig') ?? {});
  const calling = camel(
    objectAt(camel(objectAt(body, 'toolConfig') ?? {}), 'functionCallingConfig') ?? {},
  );
  const system: Message = { role: 'system', text: textOf(body.systemInstruction) };
  const turns = arrayAt(body, 'contents').flatMap(toMessages);
  const n = Math.trunc(numberAt(config, 'candidateCount') ?? 1);
  return {
    model: target.model ?? '',
    stream: target.stream === true,
    includeUsage: true,
    messages: system.text === '' ? turns : [system, ...turns],
    tools: allowed(arrayAt(body, 'tools').flatMap(toTools), calling),
    toolChoice: toToolChoice(calling),
    parallelTools: true,
    responseFormat: toFormat(config),
    maxTokens: numberAt(config, 'maxOutputTokens'),
    n: Math.min(Math.max(n, 1), MAX_CANDIDATES),
    stop: arrayAt(config, 'stopSequences').filter((stop) => typeof stop === 'string'),
    directives: withThoughts(config, parseDirectives(lastUserText(turns))),
  };
}

/** Google accepts every field in camelCase and in snake_case; one level is read at a time. */
function camel(object: JsonObject): JsonObject {
  const name = (key: string): string =>
    key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [name(key), value]));
}

function withThoughts(config: JsonObject, directives: Directives): Directives {
  const thinking = camel(objectAt(config, 'thinkingConfig') ?? {});
  if (thinking.includeThoughts !== true || thinking.thinkingBudget === 0) return directives;
  return { reasoning: USUAL_THOUGHT_TOKENS, ...directives };
}

function textOf(content: unknown): string {
  return arrayAt(content, 'parts')
    .filter((part) => isObject(part) && part.thought !== true)
    .map((part) => stringAt(part, 'text') ?? '')
    .join('');
}

/** Function responses become messages of their own, before the text of the same turn. */
function toMessages(content: unknown): Message[] {
  const role = stringAt(content, 'role') === 'model' ? 'assistant' : 'user';
  const results = arrayAt(content, 'parts')
    .map((part) => (isObject(part) ? objectAt(camel(part), 'functionResponse') : undefined))
    .filter((response) => response !== undefined)
    .map((response): Message => ({ role: 'tool', text: resultText(response.response) }));
  const text = textOf(content);
  return results.length > 0 && text === '' ? results : [...results, { role, text }];
}

/** A text can only travel wrapped in an object, e.g. `{"result": "…"}`; it is unwrapped again. */
function resultText(response: unknown): string {
  const members = isObject(response) ? Object.values(response) : [];
  const [only] = members;
  return members.length === 1 && typeof only === 'string' ? only : JSON.stringify(response ?? null);
}

function toTools(tool: unknown): ToolSpec[] {
  const declared = isObject(tool) ? arrayAt(camel(tool), 'functionDeclarations') : [];
  return declared
    .filter(isObject)
    .map(camel)
    .map((declaration) => ({
      name: stringAt(declaration, 'name') ?? '',
      schema: declaration.parametersJsonSchema ?? declaration.parameters,
    }));
}

function allowed(tools: ToolSpec[], calling: JsonObject): ToolSpec[] {
  const names = arrayAt(calling, 'allowedFunctionNames');
  return names.length === 0 ? tools : tools.filter((tool) => names.includes(tool.name));
}

function toToolChoice(calling: JsonObject): ToolChoice {
  const mode = stringAt(calling, 'mode')?.toUpperCase();
  if (mode === 'NONE') return { mode: 'none' };
  if (mode !== 'ANY') return { mode: 'auto' };
  const [name, ...others] = arrayAt(calling, 'allowedFunctionNames');
  const single = typeof name === 'string' && others.length === 0;
  return single ? { mode: 'named', name } : { mode: 'required' };
}

function toFormat(config: JsonObject): ResponseFormat | undefined {
  if (stringAt(config, 'responseMimeType') !== 'application/json') return undefined;
  const schema = config.responseJsonSchema ?? config.responseSchema;
  return schema === undefined ? { kind: 'json_object' } : { kind: 'json_schema', schema };
}
