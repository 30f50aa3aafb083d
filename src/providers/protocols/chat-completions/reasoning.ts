import type { ChatRequest } from '../../../core/chat.js';
import type { ReasoningSwitch, ReasoningSwitchForm } from '../../../core/provider.js';
import type { Target } from '../../../core/target.js';

/** What a request says about reasoning. */
type Wish =
  | { readonly kind: 'unset' }
  | { readonly kind: 'off' }
  | { readonly kind: 'on' }
  | { readonly kind: 'tokens'; readonly tokens: number }
  | { readonly kind: 'effort'; readonly effort: string };

/** Every effort that some provider knows, least first. */
const EFFORTS = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

function wishOf({ reasoning, reasoning_effort }: ChatRequest): Wish {
  const effort = reasoning_effort ?? reasoning?.effort;
  const tokens = reasoning?.max_tokens;
  const enabled = reasoning?.['enabled'];
  if (effort === 'none' || tokens === 0 || enabled === false) return { kind: 'off' };
  if (typeof tokens === 'number') return { kind: 'tokens', tokens };
  if (effort !== undefined) return { kind: 'effort', effort };
  return enabled === true ? { kind: 'on' } : { kind: 'unset' };
}

/** Whether the provider takes `reasoning` in OpenRouter's form, as it is. */
function passesReasoning(target: Target): boolean {
  return target.provider.quirks?.parameters?.['reasoning']?.rule === 'pass';
}

/** The parameter that asks for reasoning in a way that this target cannot be told, if one does. */
export function unsupportedReasoning(request: ChatRequest, target: Target): string | undefined {
  if (passesReasoning(target)) return undefined;
  const wish = wishOf(request);
  const { reasoningSwitch } = target.provider.quirks ?? {};
  if (wish.kind === 'tokens')
    return reasoningSwitch?.budget === undefined ? 'reasoning.max_tokens' : undefined;
  if (wish.kind !== 'off') return undefined;
  const known = target.offer.capabilities.reasoningEfforts;
  const canBeOff = known === undefined || known.includes('none');
  if (canBeOff) return undefined;
  return request.reasoning_effort === undefined ? 'reasoning' : 'reasoning_effort';
}

/**
 * The fields that ask this target for what the request says about reasoning: the provider's own switch, the effort
 * that the model knows, or both. `reasoning: {effort}` is another way to say `reasoning_effort`.
 */
export function reasoningFields(request: ChatRequest, target: Target): Record<string, unknown> {
  if (passesReasoning(target)) return {};
  const wish = wishOf(request);
  if (wish.kind === 'unset') return {};
  const { reasoningSwitch } = target.provider.quirks ?? {};
  const known = target.offer.capabilities.reasoningEfforts;
  if (!reasoningSwitch) return effortField(wish, known);
  return {
    ...SWITCHES[reasoningSwitch.form](wish.kind !== 'off'),
    ...(wish.kind === 'tokens' && budgetField(reasoningSwitch, wish.tokens)),
    ...(wish.kind === 'effort' &&
      (reasoningSwitch.efforts ?? known !== undefined) &&
      effortField(wish, known)),
  };
}

const SWITCHES: Readonly<Record<ReasoningSwitchForm, (isOn: boolean) => object>> = {
  thinking: (isOn) => ({ thinking: { type: isOn ? 'enabled' : 'disabled' } }),
  reasoning: (isOn) => ({ reasoning: { enabled: isOn } }),
  enable_thinking: (isOn) => ({ enable_thinking: isOn }),
  chat_template_kwargs: (isOn) => ({
    chat_template_kwargs: { enable_thinking: isOn, thinking: isOn },
  }),
  chat_template_args: (isOn) => ({ chat_template_args: { enable_thinking: isOn } }),
};

function budgetField({ budget }: ReasoningSwitch, tokens: number): Record<string, unknown> {
  return budget === undefined ? {} : { [budget]: tokens };
}

function effortField(wish: Wish, known: readonly string[] | undefined): Record<string, unknown> {
  if (wish.kind === 'off') return { reasoning_effort: 'none' };
  return wish.kind === 'effort' ? { reasoning_effort: nearestEffort(wish.effort, known) } : {};
}

/** The effort itself, or of those that the model knows the next lower one, else the lowest. */
function nearestEffort(wanted: string, known: readonly string[] | undefined): string {
  const rank = (effort: string): number => EFFORTS.findIndex((candidate) => candidate === effort);
  if (known === undefined || known.includes(wanted) || rank(wanted) < 0) return wanted;
  const levels = known.filter((effort) => rank(effort) >= 0).sort((a, b) => rank(a) - rank(b));
  return levels.findLast((effort) => rank(effort) < rank(wanted)) ?? levels[0] ?? wanted;
}
