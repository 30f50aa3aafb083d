import type { Offer } from '../../core/offer.js';
import type { PriceVersion } from '../../core/price.js';
import { ALLOWED, decide, type Decision } from '../../core/rules/decide.js';
import type { OfferNames } from '../../core/rules/offer-names.js';
import type { RuleSet } from '../../core/rules/rule-set.js';
import type { CatalogueSnapshot } from '../catalogue/catalogue-snapshot.js';
import { PROVIDERS } from '../definitions/registry.js';

/** What a decision rests upon beside rules and offer. */
interface Judgement {
  readonly price: PriceVersion | undefined;
  readonly serviceTier: string | undefined;
  readonly decision: Decision;
}

const PROVIDER_NAMES = new Map(PROVIDERS.map(({ id, aliases = [] }) => [id, [id, ...aliases]]));

const NAMES = new WeakMap<Offer, OfferNames>();
/** By rules, the newest few; by offer. */
const JUDGEMENTS = new Map<RuleSet, WeakMap<Offer, Judgement>>();
const KEPT_RULE_SETS = 256;

/**
 * Whether rules let a call go to an offer of the snapshot at the prices of the moment `at` (ms since the epoch); the
 * decision is remembered. Every way to a model asks here: completions, the list of models, explanations.
 */
export function permissionOf(
  rules: RuleSet,
  snapshot: CatalogueSnapshot,
  offer: Offer,
  at: number,
  serviceTier?: string,
): Decision {
  if (!rules.boundsOffers) return ALLOWED;
  const judgements = JUDGEMENTS.get(rules) ?? startJudging(rules);
  const price = snapshot.priceAt(offer, at);
  const known = judgements.get(offer);
  if (known && known.price === price && known.serviceTier === serviceTier) return known.decision;
  const names = namesOf(offer, snapshot);
  const decision = decide(rules.levels, { names, price, serviceTier });
  judgements.set(offer, { price, serviceTier, decision });
  return decision;
}

/**
 * Whether rules let the provider of an offer be asked, whatever they say of models and prices: what they are about is
 * who gets to see a call.
 */
export function isProviderAllowed(
  { levels }: RuleSet,
  snapshot: CatalogueSnapshot,
  offer: Offer,
): boolean {
  const ofProviders = levels.map((level) => ({
    ...level,
    offerBounds: level.offerBounds.filter(({ kind }) => kind === 'provider'),
  }));
  const subject = { names: namesOf(offer, snapshot), price: undefined, serviceTier: undefined };
  return decide(ofProviders, subject).allowed;
}

/** The oldest rules make room, so that many keys with rules of their own do not fill the memory. */
function startJudging(rules: RuleSet): WeakMap<Offer, Judgement> {
  const oldest = JUDGEMENTS.keys().next();
  if (JUDGEMENTS.size >= KEPT_RULE_SETS && !oldest.done) JUDGEMENTS.delete(oldest.value);
  const judgements = new WeakMap<Offer, Judgement>();
  JUDGEMENTS.set(rules, judgements);
  return judgements;
}

/** Every name by which an offer can be asked for. An offer belongs to one snapshot, so they never change. */
function namesOf(offer: Offer, snapshot: CatalogueSnapshot): OfferNames {
  const known = NAMES.get(offer);
  if (known) return known;
  const { id, modelId, providerId, upstreamModel, variant } = offer;
  const models = [modelId, ...snapshot.aliasesOf(modelId)];
  const providers = PROVIDER_NAMES.get(providerId) ?? [providerId];
  const ofProvider = [...models, upstreamModel, ...(variant ? [`${modelId}:${variant}`] : [])];
  const pins = providers.flatMap((provider) => ofProvider.map((name) => `${provider}/${name}`));
  const names = { models, providers, pins: [id, ...pins] };
  NAMES.set(offer, names);
  return names;
}
