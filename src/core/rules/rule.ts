import type { PicoUsd } from '../money.js';

/** What a rule is put on. A call must pass the rules of all of them. */
export const RULE_SCOPES = ['organization', 'project', 'member', 'api_key'] as const;
export type RuleScope = (typeof RULE_SCOPES)[number];

export const RULE_EFFECTS = ['allow', 'deny'] as const;
export type RuleEffect = (typeof RULE_EFFECTS)[number];

/** What a rule looks at. Kinds are judged in this order, so the first names the refusal. */
export const RULE_KINDS = ['ip', 'provider', 'model', 'pricing', 'price_ceiling'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** The most that a model may cost by its list price; what is absent is not bounded. */
export interface PriceCeiling {
  /** Pico-USD per million tokens. */
  readonly input?: PicoUsd;
  readonly output?: PicoUsd;
  /** Pico-USD per request. */
  readonly request?: PicoUsd;
}

/** What a rule holds for. */
export type RuleSubject =
  | { readonly kind: 'ip'; readonly ranges: readonly string[] }
  | { readonly kind: 'provider'; readonly providers: readonly string[] }
  | { readonly kind: 'model'; readonly models: readonly string[] }
  | { readonly kind: 'pricing'; readonly is: 'free' | 'paid' }
  | { readonly kind: 'price_ceiling'; readonly ceiling: PriceCeiling };

/** A rule as the database holds it. */
export interface StoredRule {
  readonly id: string;
  readonly scope: RuleScope;
  readonly scopeId: string;
  readonly effect: string;
  readonly kind: string;
  readonly subject: unknown;
}
