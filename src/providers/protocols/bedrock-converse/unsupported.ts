import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { isForced } from '../anthropic-messages/tools.js';
import { unsupportedValues as unsupportedByClaude } from '../anthropic-messages/unsupported.js';
import { unsupportedParts } from '../unsupported-parts.js';
import { isSupportedPart } from './messages.js';
import { familyOf } from './model-family.js';
import { answersByTool, isSupportedFormat } from './output-format.js';
import { fixesSampling, isSupportedWish } from './thinking.js';
import { hasToolHistory } from './tools.js';

type Check = (request: ChatRequest, target: Target) => boolean;

/** Parameter → whether no model here can honour its value. */
const CHECKS: Readonly<Record<string, Check>> = {
  tools: ({ tools = [] }) => tools.some(({ type }) => type !== 'function'),
  tool_choice: ({ tool_choice: choice, messages }) =>
    isForced(choice) === undefined || (choice === 'none' && hasToolHistory(messages)),
  response_format: (request, target) => !isSupportedFormat(request, target),
  modalities: ({ modalities = [] }) => modalities.some((modality) => modality !== 'text'),
  stop: ({ stop }) => [stop ?? []].flat().some((sequence) => sequence.trim() === ''),
};

/** The same for models other than Claude. */
const OTHER_CHECKS: Readonly<Record<string, Check>> = {
  temperature: (request, target) =>
    request.temperature !== undefined &&
    (request.temperature > 1 || (request.temperature !== 1 && isFixed(request, target))),
  top_p: (request, target) => (request.top_p ?? 1) !== 1 && isFixed(request, target),
  max_tokens: (request, target) =>
    request.max_tokens !== undefined && fixesSampling(request, target),
  max_completion_tokens: (request, target) =>
    request.max_completion_tokens !== undefined && fixesSampling(request, target),
  tool_choice: ({ tool_choice: choice }, target) =>
    isForced(choice) === true && familyOf(target) === 'llama',
  thinking: (request) => request['thinking'] !== undefined,
  reasoning_effort: (request, target) =>
    request.reasoning_effort !== undefined && !isSupportedWish(request, target),
  reasoning: (request, target) =>
    request.reasoning_effort === undefined && !isSupportedWish(request, target),
};

/** What the models themselves refuse, whoever serves them. */
const CLAUDE: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'tool_choice',
  'reasoning_effort',
  'reasoning',
]);

/** Paths of the parameters, and of parts of messages, that this model cannot honour. */
export function unsupportedValues(request: ChatRequest, target: Target): readonly string[] {
  const own = refusedBy(CHECKS, request, target);
  const further =
    familyOf(target) === 'claude'
      ? refusedByClaude(request, target)
      : refusedBy(OTHER_CHECKS, request, target);
  return [...new Set([...own, ...further]), ...unsupportedParts(request.messages, isSupportedPart)];
}

function isFixed(request: ChatRequest, target: Target): boolean {
  return target.offer.capabilities.temperature === false || fixesSampling(request, target);
}

function refusedBy(
  checks: Readonly<Record<string, Check>>,
  request: ChatRequest,
  target: Target,
): string[] {
  return Object.keys(checks).filter((name) => checks[name]?.(request, target));
}

/** A format that is a forced call is refused where a forced call is: beside thinking, and by some models. */
function refusedByClaude(request: ChatRequest, target: Target): string[] {
  const refused = unsupportedByClaude(request, target).filter((name) => CLAUDE.has(name));
  if (!answersByTool(request, target)) return refused;
  const forced: ChatRequest = { ...request, tool_choice: 'required' };
  return unsupportedByClaude(forced, target).includes('tool_choice')
    ? [...refused, 'response_format']
    : refused;
}
