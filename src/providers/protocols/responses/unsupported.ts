import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { unsupportedReasoning } from '../chat-completions/reasoning.js';
import { isDefault } from '../parameters.js';
import { unsupportedParts } from '../unsupported-parts.js';
import { isSupportedPart } from './input.js';
import { isSupportedChoice, isSupportedTool } from './tools.js';

/** The least that the API takes as a limit of the answer, in tokens. */
const LEAST_TOKENS = 16;

/** Parameter → whether its value cannot be honoured. */
const CHECKS: Readonly<Record<string, (request: ChatRequest, target: Target) => boolean>> = {
  temperature: ({ temperature }, target) => isFixed('temperature', temperature, target),
  top_p: ({ top_p: topP }, target) => isFixed('top_p', topP, target),
  max_tokens: ({ max_tokens: tokens }) => isTooFew(tokens),
  max_completion_tokens: ({ max_completion_tokens: tokens }) => isTooFew(tokens),
  modalities: ({ modalities = [] }) => modalities.some((modality) => modality !== 'text'),
  tools: ({ tools = [] }, { offer }) =>
    tools.some((tool) => !isSupportedTool(tool)) ||
    (offer.capabilities.tools === false && tools.some(({ type }) => type === 'function')),
  tool_choice: ({ tool_choice: choice }, { provider }) =>
    !isSupportedChoice(choice, provider.quirks ?? {}),
  response_format: ({ response_format: format }, { offer }) =>
    format?.type === 'json_schema' && offer.capabilities.jsonSchema === false,
};

/** Paths of the parameters, and of parts of messages, that this model cannot honour. */
export function unsupportedValues(request: ChatRequest, target: Target): readonly string[] {
  const reasoning = unsupportedReasoning(request, target);
  return [
    ...Object.keys(CHECKS).filter((name) => CHECKS[name]?.(request, target)),
    ...(reasoning === undefined ? [] : [reasoning]),
    ...unsupportedParts(request.messages, isSupportedPart),
  ];
}

function isFixed(name: string, value: number | undefined, { offer }: Target): boolean {
  return offer.capabilities.temperature === false && value !== undefined && !isDefault(name, value);
}

function isTooFew(tokens: number | undefined): boolean {
  return tokens !== undefined && tokens < LEAST_TOKENS;
}
