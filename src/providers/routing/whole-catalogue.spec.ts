import { describe, expect, it } from '@jest/globals';
import { makePrincipal } from '../../../test/support/principal.js';
import { projectCatalogue, snapshotOfSet } from '../../../test/support/project-catalogue.js';
import { askFor, routerOf } from '../../../test/support/routing.js';
import { GatewayError } from '../../core/errors.js';
import type { Offer } from '../../core/offer.js';

/** A day after the last observation of the data. */
const NOW = Date.UTC(2026, 10, 22);
const PRINCIPAL = makePrincipal();

const snapshot = snapshotOfSet(projectCatalogue());
// Searches are no calls; search-plan.spec.ts is about them.
const models = snapshot.models().filter(({ type }) => type !== 'search');
const offers = models.flatMap(({ id }) => snapshot.offersOf(id));
const router = routerOf(snapshot);

/** What becomes of a call that pins an offer: the offer that is called, or the error. */
function outcomeOf(model: string): string {
  try {
    return router.resolve(askFor(model), PRINCIPAL, NOW).plans[0]?.target.offer.id ?? 'nothing';
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

/** Whether input and output have a price that holds for every call. */
function isPriced(offer: Offer): boolean {
  const components = snapshot.priceAt(offer, NOW)?.components ?? [];
  return ['input', 'output'].every((meter) =>
    components.some(
      (component) => component.meter === meter && Object.keys(component.conditions).length === 0,
    ),
  );
}

describe('every offer of the catalogue', () => {
  it('is called at its price, or refused as model_not_priced', () => {
    const outcomes = offers.map((offer) => [
      offer.id,
      outcomeOf(`${offer.providerId}/${offer.upstreamModel}`),
    ]);
    const expected = offers.map((offer) => [
      offer.id,
      isPriced(offer) && !offer.suspect ? offer.id : 'model_not_priced',
    ]);
    expect(outcomes).toEqual(expected);
    expect(offers.length).toBeGreaterThan(1_900);
  });

  it('of a chat model has a price unless it is suspect', () => {
    const unpriced = offers.filter(
      (offer) =>
        snapshot.findModel(offer.modelId)?.type === 'chat' && !offer.suspect && !isPriced(offer),
    );
    expect(unpriced.map(({ id }) => id)).toEqual([]);
  });

  it('is found by its own id, by the provider’s name of it, and by an alias of the provider', () => {
    for (const offer of offers) {
      const rest = offer.id.slice(offer.providerId.length + 1);
      expect(snapshot.offerAt(offer.providerId, rest)?.id).toBe(offer.id);
    }
    expect(outcomeOf('together/openai/gpt-oss-120b')).toBe('togetherai/gpt-oss-120b');
    expect(outcomeOf('moonshot/kimi-k2.6')).toBe('moonshotai/kimi-k2.6');
  });
});

describe('every model of the catalogue', () => {
  it('that is no chat model is refused by its name, whoever serves it', () => {
    const others = snapshot.models().filter(({ type }) => type !== 'chat');
    expect(others.length).toBeGreaterThan(40);
    expect(new Set(others.map(({ id }) => outcomeOf(id)))).toEqual(new Set(['invalid_parameter']));
  });

  it('that is a chat model is called at the cheapest of its offers, or refused with a reason', () => {
    const chats = snapshot.models().filter(({ type }) => type === 'chat');
    const refusals = chats.flatMap(({ id }) => {
      const outcome = outcomeOf(id);
      return outcome.includes('/') ? [] : [`${id}: ${outcome}`];
    });
    // Those of providers to come, and those that nobody serves any more.
    expect(refusals.filter((refusal) => !refusal.endsWith('no_provider_available'))).toEqual([]);
    expect(refusals.length).toBeLessThan(chats.length / 10);
  });
});
