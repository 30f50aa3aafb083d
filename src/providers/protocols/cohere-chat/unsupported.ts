import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { unsupportedParts } from '../unsupported-parts.js';
import { isSupportedPart } from './messages.js';
import { nativeFormat } from './output-format.js';
import { isSupportedWish } from './thinking.js';
import { areSupportedTools, isSupportedChoice } from './tools.js';

const MOST_STOP_SEQUENCES = 5;

/** Parameter → whether its value cannot be honoured. */
const CHECKS: Readonly<Record<string, (request: ChatRequest, target: Target) => boolean>> = {
  frequency_penalty: ({ frequency_penalty: penalty }) => isBeyondPenalties(penalty),
  presence_penalty: ({ presence_penalty: penalty }) => isBeyondPenalties(penalty),
  stop: ({ stop }) => [stop ?? []].flat().length > MOST_STOP_SEQUENCES,
  modalities: ({ modalities = [] }) => modalities.some((modality) => modality !== 'text'),
  tools: ({ tools = [] }) => !areSupportedTools(tools),
  tool_choice: ({ tool_choice: choice }, target) => !isSupportedChoice(choice, target),
  // Formats are refused beside tools and documents.
  response_format: (request) =>
    nativeFormat(request.response_format) !== undefined &&
    ((request.tools ?? []).length > 0 || request['documents'] !== undefined),
  reasoning_effort: (request, target) =>
    request.reasoning_effort !== undefined && !isSupportedWish(request, target),
  reasoning: (request, target) =>
    request.reasoning_effort === undefined && !isSupportedWish(request, target),
};

/** Paths of the parameters, and of parts of messages, that this model cannot honour. */
export function unsupportedValues(request: ChatRequest, target: Target): readonly string[] {
  const refused = Object.keys(CHECKS).filter((name) => CHECKS[name]?.(request, target));
  return [...refused, ...unsupportedParts(request.messages, isSupportedPart)];
}

/** Penalties go from 0 to 1 here. */
function isBeyondPenalties(penalty = 0): boolean {
  return penalty < 0 || penalty > 1;
}
