import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import type { ChatRequest } from '../../core/chat.js';
import type { OfferCapabilities } from '../../core/offer.js';
import type { FurtherDialect, ProviderDefinition } from '../../core/provider.js';
import { inDialect } from './dialect.js';

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

const ask = (fields: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: 'x' }],
  ...fields,
});
const offer = (upstreamModel = 'm', capabilities: Partial<OfferCapabilities> = {}) =>
  makeTarget({ upstreamModel, capabilities }).offer;

describe('inDialect', () => {
  it('leaves a provider as it is where nothing else is needed', () => {
    expect(inDialect(PROVIDER, offer(), ask())).toBe(PROVIDER);
    expect(inDialect(PROVIDER, offer(), ask({ web_search: false }))).toBe(PROVIDER);
  });

  it.each<[string, Partial<ChatRequest>]>([
    ['a tool', { tools: [{ type: 'web_search' }] }],
    ['web_search', { web_search: true }],
    ['web_search_options', { web_search_options: {} }],
  ])('takes the dialect for searches, with its quirks, for %s', (_what, fields) => {
    const spoken = inDialect(PROVIDER, offer(), ask(fields));
    expect(spoken).toMatchObject({ id: PLAIN.id, protocol: 'responses', quirks: SEARCHES.quirks });
    expect(spoken.callPaths).toBeUndefined();
    expect(inDialect(PROVIDER, offer(), ask(fields))).toBe(spoken);
  });

  it('keeps to its own where the model searches by itself, or there is no other', () => {
    const searching = ask({ web_search: true });
    expect(inDialect(PROVIDER, offer('m-search'), searching)).toBe(PROVIDER);
    expect(inDialect(PLAIN, offer(), searching)).toBe(PLAIN);
  });

  it('takes the protocol that the offer names, also one that the provider does not', () => {
    const named = (protocol: OfferCapabilities['protocol']) =>
      offer('m', protocol === undefined ? {} : { protocol });
    expect(inDialect(PROVIDER, named('responses'), ask()).quirks).toBe(SEARCHES.quirks);
    expect(inDialect(PROVIDER, named('chat-completions'), ask())).toBe(PROVIDER);
    const other = inDialect(PROVIDER, named('gemini'), ask());
    expect(other.protocol).toBe('gemini');
    expect(other.quirks).toBeUndefined();
  });
});
