import { Random } from './random.js';

/** What one call asks for. */
export interface CallPlan {
  /** Names the call everywhere: in the sandbox's tally, and as the source in the request log. */
  readonly label: string;
  readonly model: string;
  readonly stream: boolean;
  readonly tokens: number;
  /** The most that is asked for, which is set aside before the call. */
  readonly maxTokens: number;
  /** Tokens per second of a stream. */
  readonly rate: number;
  /** Until the provider begins to answer, ms. */
  readonly latency: number;
  readonly cached: number;
  readonly reasoning: number;
  /** Whether a stream tells its usage unasked, as those of the provider in whose name it is asked do. */
  readonly tellsUsage?: boolean;
}

export interface Mix {
  /** How much of it are streams, 0 to 1. */
  readonly streams: number;
  /** How long a stream runs, ms. */
  readonly shortest: number;
  readonly longest: number;
}

const MODELS = ['sandbox-small', 'sandbox-large', 'gpt-4o'];
export const LONGEST_LATENCY_MS = 400;
const MAX_TOKENS = 200;

/** Gives the plan of call number `index` of a scenario; it depends on nothing else. */
export function planCall(scenario: string, seed: number, index: number, mix: Mix): CallPlan {
  const label = `${scenario}-${seed}-${String(index).padStart(6, '0')}`;
  const random = new Random(seed, label);
  const tokens = random.between(16, 40);
  const seconds = random.between(mix.shortest, mix.longest) / 1_000;
  return {
    label,
    model: random.pick(MODELS),
    stream: random.chance(mix.streams),
    tokens,
    maxTokens: MAX_TOKENS,
    rate: Math.max(1, Math.round(tokens / seconds)),
    latency: random.between(0, LONGEST_LATENCY_MS),
    cached: random.between(0, 12),
    reasoning: random.chance(0.3) ? random.between(1, 8) : 0,
  };
}

/** The body of its request. */
export function requestBody(plan: CallPlan): string {
  const { stream, model, maxTokens } = plan;
  return JSON.stringify({
    model,
    stream,
    max_tokens: maxTokens,
    messages: [{ role: 'user', content: messageOf(plan) }],
  });
}

/** The one message of its request. */
export function messageOf(plan: CallPlan): string {
  const { label, tokens, rate, latency, cached, reasoning, stream } = plan;
  const reply = `id=${label} tokens=${tokens} latency=${latency} cached=${cached} reasoning=${reasoning}`;
  const pace = stream ? ` rate=${rate}${plan.tellsUsage ? ' usage=1' : ''}` : '';
  return `[[${reply}${pace}]] Tell me what happens when everything goes wrong at once.`;
}
