import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { unsupportedParts } from '../unsupported-parts.js';
import { isSupportedPart } from './content.js';
import { generationOf, type Generation } from './generation.js';
import { isSupportedFormat } from './output-format.js';
import { isThinking, planThinking, wishOf } from './thinking.js';
import { isForced, isSupportedTool } from './tools.js';
import { webSearchWishOf } from '../../search/wish.js';

/** What the checks of a request look at. */
interface Facts {
  readonly request: ChatRequest;
  readonly target: Target;
  readonly generation: Generation;
  readonly thinks: boolean;
  /** Thinks by a budget of tokens. */
  readonly budgeted: boolean;
  readonly fixedSampling: boolean;
}

/** The lowest top_p that is taken beside thinking, and by models that take no other. */
const TOP_P_WITH_THINKING = 0.95;
const TOP_P_WHERE_FIXED = 0.99;

const TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'priority', 'standard_only']);

/** Parameter → whether its value cannot be honoured. */
const CHECKS: Readonly<Record<string, (facts: Facts) => boolean>> = {
  temperature: ({ request: { temperature = 1 }, thinks, fixedSampling }) =>
    temperature > 1 || (temperature !== 1 && (thinks || fixedSampling)),
  top_p: refusesTopP,
  top_k: ({ request, thinks, fixedSampling }) =>
    request['top_k'] !== undefined && (thinks || fixedSampling),
  stop: ({ request: { stop } }) => [stop ?? []].flat().some((sequence) => sequence.trim() === ''),
  response_format: ({ request, target }) => !isSupportedFormat(request.response_format, target),
  modalities: ({ request }) => (request.modalities ?? []).some((modality) => modality !== 'text'),
  service_tier: ({ request }) =>
    request.service_tier !== undefined && !TIERS.has(request.service_tier),
  // Elsewhere all tokens cost more, and the catalogue does not say how much.
  inference_geo: ({ request }) => (request['inference_geo'] ?? 'global') !== 'global',
  tools: ({ request }) => (request.tools ?? []).some((tool) => !isSupportedTool(tool)),
  tool_choice: ({ request, generation, budgeted }) => {
    const forced = isForced(request.tool_choice);
    return forced === undefined || (forced && (budgeted || !generation.forcedTools));
  },
  web_search: ({ request, target }) =>
    webSearchWishOf(request) !== undefined && target.offer.capabilities.webSearch === false,
  reasoning_effort: (facts) => facts.request.reasoning_effort !== undefined && refusesWish(facts),
  reasoning: (facts) => facts.request.reasoning_effort === undefined && refusesWish(facts),
};

function refusesTopP({ request, thinks, fixedSampling, generation }: Facts): boolean {
  const { top_p: topP = 1, temperature = 1 } = request;
  if (topP === 1) return false;
  if (fixedSampling) return topP < TOP_P_WHERE_FIXED;
  if (thinks) return topP < TOP_P_WITH_THINKING;
  return temperature !== 1 && !generation.bothSamplings;
}

function refusesWish({ request, target, generation }: Facts): boolean {
  const wish = wishOf(request);
  if (wish.kind === 'unset') return false;
  if (wish.kind === 'off') return generation.off === 'never';
  return generation.thinking === 'none' || target.offer.capabilities.reasoning === false;
}

/** Paths of the parameters, and of parts of messages, that this model cannot honour. */
export function unsupportedValues(request: ChatRequest, target: Target): readonly string[] {
  const generation = generationOf(target.offer.upstreamModel);
  const plan = planThinking(request, target);
  const facts: Facts = {
    request,
    target,
    generation,
    thinks: isThinking(plan),
    budgeted: plan.thinking?.['type'] === 'enabled',
    fixedSampling: !generation.sampling || target.offer.capabilities.temperature === false,
  };
  const refused = Object.keys(CHECKS).filter((name) => CHECKS[name]?.(facts));
  return [...refused, ...unsupportedParts(request.messages, isSupportedPart)];
}
