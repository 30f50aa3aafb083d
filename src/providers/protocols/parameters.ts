import type { ChatRequest } from '../../core/chat.js';
import { ownEntry } from '../../core/own-entry.js';
import type { ParameterRule } from '../../core/provider.js';
import type { Target } from '../../core/target.js';
import type { ChatProtocol } from './protocol.js';

/** A request made fit for a target, and what became of its parameters. */
export interface ParameterPlan {
  readonly request: ChatRequest;
  /** Left out without harm; named to the client. */
  readonly dropped: readonly string[];
  /** Cannot be honoured by this target; not empty means that the target is unfit. */
  readonly refused: readonly string[];
}

/** Fields that every protocol reads itself. */
const ALWAYS = new Set(['model', 'messages', 'stream', 'stream_options']);

/** What is for the gateway alone: it chooses the target or works on the answer. No provider gets it. */
const OWN = new Set(['free_models_only', 'no_reasoning', 'plugins']);

/** The values that OpenAI itself assumes for an absent parameter. Where they cannot be sent they count as absent. */
const DEFAULTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  temperature: (value) => value === 1,
  top_p: (value) => value === 1,
  frequency_penalty: (value) => value === 0,
  presence_penalty: (value) => value === 0,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  logit_bias: (value) => isEmptyObject(value),
  parallel_tool_calls: (value) => value === true,
  store: (value) => value === false,
  service_tier: (value) => value === 'auto' || value === 'default',
  response_format: (value) =>
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'text',
  modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
  tool_choice: (value) => value === 'auto',
  verbosity: (value) => value === 'medium',
  web_search: (value) => value === false,
};

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whether the value of a parameter is the one that OpenAI assumes when it is absent. */
export function isDefault(name: string, value: unknown): boolean {
  return ownEntry(DEFAULTS, name)?.(value) ?? false;
}

/** The rule for a parameter at a target: the provider's own, else the protocol's. */
export function ruleFor(name: string, protocol: ChatProtocol, target: Target): ParameterRule {
  return (
    ownEntry(target.provider.quirks?.parameters ?? {}, name) ??
    ownEntry(protocol.parameters, name) ??
    protocol.otherParameters
  );
}

/**
 * Applies the parameter rules of a target to a request without nulls. The request that comes out holds what the
 * protocol may send, under the provider's names.
 */
export function planParameters(
  request: ChatRequest,
  protocol: ChatProtocol,
  target: Target,
): ParameterPlan {
  const fit: Record<string, unknown> = {};
  const renamed: [string, unknown][] = [];
  const dropped: string[] = [];
  const refused: string[] = [];
  for (const name of Object.keys(request)) {
    const value = request[name];
    if (value === undefined || OWN.has(name)) continue;
    const rule: ParameterRule = ALWAYS.has(name)
      ? { rule: 'pass' }
      : ruleFor(name, protocol, target);
    if (rule.rule === 'rename') renamed.push([rule.to, value]);
    else if (rule.rule === 'pass' || rule.rule === 'translate') fit[name] = value;
    else if (!isDefault(name, value)) (rule.rule === 'drop' ? dropped : refused).push(name);
  }
  // A parameter given under its real name too goes before the one that would be renamed to it.
  for (const [name, value] of renamed) fit[name] ??= value;
  const planned = fit as ChatRequest;
  return {
    request: planned,
    dropped,
    refused: [...refused, ...protocol.unsupportedValues(planned, target)],
  };
}
