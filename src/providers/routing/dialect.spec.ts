import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import type { OfferCapabilities } from '../../core/offer.js';
import type { FurtherDialect, ProviderDefinition } from '../../core/provider.js';
import { inDialect, inSearchDialect } from './dialect.js';

const SEARCHES: FurtherDialect = {
  protocol: 'responses',
  quirks: { roles: { developer: 'system' } },
  webSearch: { except: /search/ },
};
const { provider: PLAIN } = makeTarget({ provider: { quirks: { streamUsage: 'always' } } });
const PROVIDER: ProviderDefinition = {
  ...PLAIN,
  callPaths: [{ path: '/of/its/own/protocol' }],
  dialects: [SEARCHES],
};

const offer = (upstreamModel = 'm', capabilities: Partial<OfferCapabilities> = {}) =>
  makeTarget({ upstreamModel, capabilities }).offer;

describe('inDialect', () => {
  it('leaves a provider as it is where the offer names nothing else', () => {
    expect(inDialect(PROVIDER, offer())).toBe(PROVIDER);
  });

  it('takes the protocol that the offer names, also one that the provider does not', () => {
    const named = (protocol: OfferCapabilities['protocol']) =>
      offer('m', protocol === undefined ? {} : { protocol });
    expect(inDialect(PROVIDER, named('responses')).quirks).toBe(SEARCHES.quirks);
    expect(inDialect(PROVIDER, named('chat-completions'))).toBe(PROVIDER);
    const other = inDialect(PROVIDER, named('gemini'));
    expect(other.protocol).toBe('gemini');
    expect(other.quirks).toBeUndefined();
  });
});

describe('inSearchDialect', () => {
  it('takes the dialect for searches, with its quirks', () => {
    const spoken = inSearchDialect(PROVIDER, offer());
    expect(spoken).toMatchObject({ id: PLAIN.id, protocol: 'responses', quirks: SEARCHES.quirks });
    expect(spoken.callPaths).toBeUndefined();
    expect(inSearchDialect(PROVIDER, offer())).toBe(spoken);
  });

  it('keeps to its own where the model searches by itself, or there is no other', () => {
    expect(inSearchDialect(PROVIDER, offer('m-search'))).toBe(PROVIDER);
    expect(inSearchDialect(PLAIN, offer())).toBe(PLAIN);
  });

  it('takes the protocol that the offer names before it', () => {
    const named = offer('m', { protocol: 'chat-completions' });
    expect(inSearchDialect(PROVIDER, named)).toBe(PROVIDER);
  });
});
