import { beforeEach, describe, expect, it } from '@jest/globals';
import { makePrincipal } from '../../../test/support/principal.js';
import { makeTarget } from '../../../test/support/target.js';
import type { ChatMessage } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import type {
  FoundPage,
  Plan,
  SearchQuery,
  SearchTarget,
  WebSearchService,
  WebSearchWish,
} from '../../providers/index.js';
import type { CallAccount } from '../call-account.writer.js';
import { CallSignal } from '../call-signal.js';
import { CLIENT_GONE, type Call } from '../call.js';
import type { SearchOutcome } from './outcome.js';
import { SearchStepService } from './search-step.service.js';

const PAGES: FoundPage[] = [{ url: 'https://a.example/', title: 'A', text: 'text' }];
const MESSAGES: ChatMessage[] = [{ role: 'user', content: 'Who?' }];

/** What a search provider does: gives pages, fails, or never answers. */
type Behaviour = readonly FoundPage[] | Error | 'stalls';

describe('SearchStepService', () => {
  let asked: [provider: string, query: SearchQuery][];
  let account: CallAccount;

  beforeEach(() => {
    asked = [];
    const searched = (outcome: SearchOutcome): void => void (account.search = outcome);
    account = { search: undefined, searched } as unknown as CallAccount;
  });

  function serviceWith(behaviours: Readonly<Record<string, Behaviour>>): SearchStepService {
    const begin = ({ provider }: SearchTarget, query: SearchQuery) => {
      const { id } = provider.definition;
      asked.push([id, query]);
      const behaviour = behaviours[id] ?? [];
      let abort: (reason: unknown) => void = () => undefined;
      const pages = new Promise((resolve, reject) => {
        abort = reject;
        if (behaviour instanceof Error) reject(behaviour);
        else if (behaviour !== 'stalls') resolve(behaviour);
      });
      return { pages, abort };
    };
    return new SearchStepService({ begin } as unknown as WebSearchService);
  }

  function callOf(messages = MESSAGES): { call: Call; plan: Plan } {
    const request = { model: 'm', messages };
    const targets = ['first', 'second'].map((id) => ({
      provider: { definition: { id } },
      credential: { owner: id === 'first' ? 'platform' : 'organization' },
      price: { id: `pv_${id}`, validFrom: 0, components: [] },
    }));
    const wish = { domains: { allowed: [], blocked: [] }, place: { country: 'FR' } };
    const plan = { target: makeTarget(), request, search: { mode: 'injected', wish, targets } };
    const call = {
      id: 'tx_osm_01JABCDEFGHJKMNPQRSTVWXYZ0',
      principal: makePrincipal(),
      request: { ...request, web_search: true },
      signal: new CallSignal(),
    };
    return { call: call as unknown as Call, plan: plan as unknown as Plan };
  }

  it('puts what was found before the question, and tells the account', async () => {
    const { call, plan } = callOf();
    const { request, target } = await serviceWith({ first: PAGES }).run(call, plan, account);
    const [message] = request.messages;
    expect(message?.content).toMatch(/<web_search_results mark="[0-9A-Z]{16}">/);
    expect(message?.content).toMatch(/https:\/\/a\.example\/[^]*\n\nWho\?$/);
    expect(target).toBe(plan.target);
    expect(asked).toEqual([
      [
        'first',
        {
          text: 'Who?',
          count: 5,
          place: { country: 'FR' },
          domains: { allowed: [], blocked: [] },
        },
      ],
    ]);
    expect(account.search?.charge).toMatchObject({ provider: 'first', isOurs: true, searches: 1 });
  });

  it('searches once, whatever plans a call tries', async () => {
    const { call, plan } = callOf();
    const service = serviceWith({ first: PAGES });
    const first = await service.run(call, plan, account);
    const second = await service.run(call, { ...plan, target: makeTarget() }, account);
    expect(asked).toHaveLength(1);
    expect(second.request.messages).toEqual(first.request.messages);
  });

  it('asks the next provider where one fails', async () => {
    const { call, plan } = callOf();
    const failing = { first: new GatewayError('upstream_error'), second: PAGES };
    await serviceWith(failing).run(call, plan, account);
    expect(asked.map(([id]) => id)).toEqual(['first', 'second']);
    expect(account.search?.report).toMatchObject({ provider: 'second', status: 'ok' });
    expect(account.search?.charge?.isOurs).toBe(false);
  });

  it.each([
    ['failed', { first: new Error('no'), second: new Error('no') }, undefined],
    ['no_results', { first: [] }, 1],
    ['no_results', { first: [{ url: 'javascript:x', title: 'T', text: 'x' }] }, 1],
  ])('leaves the request as it is where it %s', async (status, behaviours, searches) => {
    const { call, plan } = callOf();
    expect(await serviceWith(behaviours).run(call, plan, account)).toBe(plan);
    expect(account.search?.report).toMatchObject({ status });
    expect(account.search?.charge?.searches).toBe(searches);
  });

  it('asks nobody where the user wrote nothing, or the search is the provider’s own', async () => {
    const { call, plan } = callOf([{ role: 'user', content: ' ' }]);
    const service = serviceWith({ first: PAGES });
    expect(await service.run(call, plan, account)).toBe(plan);
    expect(account.search?.report).toMatchObject({ status: 'no_query', searches: 0 });
    const wish = { contextSize: undefined } as WebSearchWish;
    const native: Plan = { ...callOf().plan, search: { mode: 'native', wish } };
    expect(await service.run(call, native, account)).toBe(native);
    expect(asked).toEqual([]);
  });

  it('ends with the call', async () => {
    const { call, plan } = callOf();
    const running = serviceWith({ first: 'stalls' }).run(call, plan, account);
    call.signal.abort(CLIENT_GONE);
    await expect(running).rejects.toBe(CLIENT_GONE);
    expect(asked).toHaveLength(1);
    expect(account.search).toBeUndefined();
  });
});
