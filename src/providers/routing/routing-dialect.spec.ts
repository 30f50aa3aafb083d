import { describe, expect, it } from '@jest/globals';
import { component, makeOffer, makeSnapshot } from '../../../test/support/catalogue.js';
import { makePrincipal } from '../../../test/support/principal.js';
import { askFor, ROUTED_AT, routerOf } from '../../../test/support/routing.js';
import type { ChatRequest } from '../../core/chat.js';
import type { Offer } from '../../core/offer.js';
import type { Plan } from './routing.service.js';

const SEARCHES = {
  id: 'p',
  validFrom: 0,
  components: [component('input', '1'), component('output', '1'), component('web_search', '10')],
};

/** The plans of a request for the model `m`, with credentials for every provider. */
function plansFor(offers: readonly Offer[], fields: Partial<ChatRequest>): readonly Plan[] {
  const router = routerOf(makeSnapshot(offers));
  return router.resolve(askFor('m', fields), makePrincipal(), ROUTED_AT).plans;
}

describe('the dialect of a plan', () => {
  it('is the one for searches where a search of the web is asked for', () => {
    const offers = [makeOffer('openai', 'm', { prices: [SEARCHES] })];
    const [plan] = plansFor(offers, { web_search: true, max_tokens: 20 });
    expect(plan?.protocol.id).toBe('responses');
    expect(plan?.target.provider).toMatchObject({ id: 'openai', protocol: 'responses' });
    expect(plan?.request).toMatchObject({ tools: [{ type: 'web_search' }], max_tokens: 20 });
    expect(plan?.search?.mode).toBe('native');
    const [without] = plansFor(offers, { max_tokens: 20 });
    expect(without?.protocol.id).toBe('chat-completions');
    expect(without?.request).toMatchObject({ max_completion_tokens: 20 });
  });

  it('is the one that the offer names', () => {
    const { capabilities } = makeOffer('openai', 'm');
    const offer = makeOffer('openai', 'm', {
      capabilities: { ...capabilities, protocol: 'responses' },
    });
    expect(plansFor([offer], {})[0]?.protocol.id).toBe('responses');
  });

  it('does not search where a search has no price', () => {
    const offers = [makeOffer('openai', 'm'), makeOffer('xai', 'm', { prices: [SEARCHES] })];
    const plans = plansFor(offers, { tools: [{ type: 'web_search' }] });
    expect(plans.map(({ target }) => target.offer.id)).toEqual(['xai/m']);
  });
});
