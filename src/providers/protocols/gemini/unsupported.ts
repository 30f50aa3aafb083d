import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { isObject, stringOf, type JsonObject } from '../json.js';
import { isThirdGeneration, speaksOnly } from './model-family.js';
import { unsupportedReasoning } from './thinking.js';
import { isFunctionTool, nativeTool } from './tools.js';

/** Most that the API takes. Source: ai.google.dev/api/generate-content#GenerationConfig. */
const MAX_CANDIDATES = 8;
const MAX_STOPS = 5;
const MAX_TOP_LOGPROBS = 20;

const KNOWN_CHOICES = new Set(['function', 'allowed_tools']);
const KNOWN_TIERS = new Set(['auto', 'default', 'flex', 'priority']);

/** A value that can be wrong by itself, and whether it is. */
const VALUES: readonly (readonly [param: string, isWrong: (request: ChatRequest) => boolean])[] = [
  ['n', ({ n }) => n !== undefined && n > MAX_CANDIDATES],
  ['stop', ({ stop }) => Array.isArray(stop) && stop.length > MAX_STOPS],
  ['top_logprobs', ({ top_logprobs: top }) => top !== undefined && top > MAX_TOP_LOGPROBS],
  ['parallel_tool_calls', (request) => request.parallel_tool_calls === false],
  ['service_tier', ({ service_tier: tier }) => tier !== undefined && !KNOWN_TIERS.has(tier)],
  ['tool_choice', ({ tool_choice: choice }) => isObject(choice) && !KNOWN_CHOICES.has(choice.type)],
  ['verbosity', ({ verbosity }) => verbosity !== undefined && verbosity !== 'medium'],
];

/** Paths of what this model, or Gemini at all, cannot honour although it knows the parameter. */
export function unsupportedValues(request: ChatRequest, target: Target): readonly string[] {
  const { upstreamModel } = target.offer;
  const reasoning = unsupportedReasoning(request, upstreamModel);
  return [
    ...VALUES.filter(([, isWrong]) => isWrong(request)).map(([param]) => param),
    ...(reasoning === undefined ? [] : [reasoning]),
    ...unsupportedAudio(request, upstreamModel),
    ...unsupportedTools(request),
    ...(isThirdGeneration(upstreamModel) ? [] : unsupportedCombinations(request)),
  ];
}

/** Speech comes as raw samples and in no other format; a model that only speaks must be asked for speech. */
function unsupportedAudio(request: ChatRequest, upstreamModel: string): string[] {
  const format = request.audio?.['format'];
  const wrongFormat = format !== undefined && format !== 'pcm16';
  const wantsAudio = request.modalities?.includes('audio') === true;
  return [
    ...(wrongFormat ? ['audio.format'] : []),
    ...(speaksOnly(upstreamModel) && !wantsAudio ? ['modalities'] : []),
  ];
}

/** How a web search is to be done; Gemini takes no such wishes. */
const SEARCH_OPTIONS: readonly (readonly [option: string, unlessValue: unknown])[] = [
  ['user_location', undefined],
  ['max_uses', undefined],
  ['search_context_size', 'medium'],
];

function unsupportedTools(request: ChatRequest): string[] {
  const tools = (request.tools ?? []).flatMap((tool, position) => {
    const path = `tools[${position}]`;
    if (isFunctionTool(tool)) return [];
    if (nativeTool(tool) === undefined) return [`${path}.type`];
    return tool.type === 'web_search' ? searchOptions(tool, path) : [];
  });
  const options = request['web_search_options'];
  return [...tools, ...(isObject(options) ? searchOptions(options, 'web_search_options') : [])];
}

function searchOptions(options: JsonObject, path: string): string[] {
  const given = SEARCH_OPTIONS.filter(([option, fine]) => (options[option] ?? fine) !== fine);
  return given.map(([option]) => `${path}.${option}`);
}

/** Until the third generation JSON output, functions and built-in tools were each to be had alone. */
function unsupportedCombinations(request: ChatRequest): string[] {
  const tools = request.tools ?? [];
  const wantsJson = ['json_object', 'json_schema'].includes(request.response_format?.type ?? '');
  const builtIn = tools.findIndex((tool) => !isFunctionTool(tool) && isBuiltIn(nativeTool(tool)));
  if (!tools.some(isFunctionTool)) return wantsJson && builtIn >= 0 ? [`tools[${builtIn}]`] : [];
  return [
    ...(wantsJson ? ['response_format'] : []),
    ...(builtIn < 0 ? [] : [`tools[${builtIn}]`]),
    ...(isObject(request['web_search_options']) ? ['web_search_options'] : []),
    ...(request['web_search'] === true ? ['web_search'] : []),
  ];
}

function isBuiltIn(tool: JsonObject | undefined): boolean {
  return tool !== undefined && stringOf(Object.keys(tool)[0]) !== 'functionDeclarations';
}
