import { describe, expect, it } from '@jest/globals';
import type {
  AuthorizationService,
  CallUse,
  CloseRecordService,
  Hold,
  JournalWriter,
  UseEntry,
} from '../billing/index.js';
import { GatewayError } from '../core/errors.js';
import type { MetricsService } from '../platform/telemetry/metrics.service.js';
import type { Plan } from '../providers/index.js';
import { component } from '../../test/support/catalogue.js';
import { identityOf } from '../../test/support/journal.js';
import { makePrincipal } from '../../test/support/principal.js';
import { makeTarget } from '../../test/support/target.js';
import { CallAccount } from './call-account.writer.js';
import { CallSignal } from './call-signal.js';
import { CLIENT_GONE, type Call } from './call.js';
import { withoutResults } from './web-search/outcome.js';

const call: Call = {
  id: 'tx_osm_1',
  endpoint: 'chat.completions',
  principal: makePrincipal(),
  request: { model: 'm', messages: [{ role: 'user', content: 'x' }] },
  context: { clientRequestId: null, source: null, sessionId: null, tags: {}, allowFallback: true },
  startedAt: 0,
  startedTick: 0,
  signal: new CallSignal(),
};

const target = makeTarget();
const components = [component('input', '0'), component('output', '0')];
const plan: Plan = {
  target: { ...target, price: { ...target.price, components } },
  protocol: {} as Plan['protocol'],
  request: call.request,
  dropped: [],
};

const OWN_SEARCH = { provider: 'serper', isOurs: false, price: target.price, searches: 1 };

const HELD = ['quo_1', 0, '5', 'credit'] as const;
const USED: UseEntry = ['quo_1', 0, '5', '1', '1', '0'];

/** An account, and what became of it: records, uses and returns, in their order. */
function accountOf({ opens = true, closes = true, mayCall = true, signal = call.signal } = {}) {
  const story: unknown[] = [];
  const full = (): Promise<never> => Promise.reject(new GatewayError('ledger_unavailable'));
  const hold = { entries: () => [HELD] } as unknown as Hold;
  const account = new CallAccount({ ...call, signal }, identityOf(), hold, {
    journal: {
      append: (record: object) => (opens ? Promise.resolve(story.push(record)) : full()),
    } as unknown as JournalWriter,
    closes: {
      write: (record: object) => (closes ? Promise.resolve(story.push(record)) : full()),
    } as unknown as CloseRecordService,
    metrics: { ended: () => undefined } as unknown as MetricsService,
    authorization: {
      mayCall: () => mayCall,
      settle: (_hold: Hold, use: CallUse) => {
        story.push(use);
        return [USED];
      },
      release: () => story.push('released'),
      headersOf: () => ['x-ratelimit-limit-requests', '5'],
    } as unknown as AuthorizationService,
  });
  return { account, story };
}

const END = { outcome: 'completed', status: 200 } as const;

describe('the account of a call', () => {
  it('writes down what it holds before the call, and what it used before the rest is free again', async () => {
    const { account, story } = accountOf();
    expect(account.rateLimits).toEqual(['x-ratelimit-limit-requests', '5']);
    await account.begin(plan);
    await account.close(account.settle({ promptTokens: 3, completionTokens: 4 }, 'final'), END);
    expect(story).toEqual([
      expect.objectContaining({ type: 'open', charged: true, holds: [HELD] }),
      { credit: 0n, budget: 0n, tokens: 7_000_000_000_000n, wasSent: true, isFinal: true },
      expect.objectContaining({ type: 'close', quotas: [USED], served: expect.any(Object) }),
      'released',
    ]);
  });

  it('says that a figure is an estimate', async () => {
    const { account, story } = accountOf();
    await account.begin(plan);
    await account.close(account.settle({ promptTokens: 3, completionTokens: 4 }, 'estimate'), END);
    expect(story[1]).toMatchObject({ isFinal: false });
  });

  it('calls nobody when the disk does not take the open record, and gives the hold back', async () => {
    const { account, story } = accountOf({ opens: false });
    await expect(account.begin(plan)).rejects.toMatchObject({ code: 'ledger_unavailable' });
    expect(story).toEqual([
      { credit: 0n, budget: 0n, tokens: 0n, wasSent: false, isFinal: true },
      expect.objectContaining({ outcome: 'refused', status: 503, served: null }),
      'released',
    ]);
  });

  it('gives the hold back also where neither the disk nor the database takes anything', async () => {
    const { account, story } = accountOf({ opens: false, closes: false });
    await expect(account.begin(plan)).rejects.toMatchObject({ code: 'ledger_unavailable' });
    expect(story).toEqual([expect.objectContaining({ wasSent: false }), 'released']);
  });

  it('calls nobody when the lease ran out before, and closes what it had opened', async () => {
    const { account, story } = accountOf({ mayCall: false });
    await expect(account.begin(plan)).rejects.toMatchObject({
      code: 'ledger_unavailable',
      retryAfterSeconds: 1,
    });
    expect(story).toEqual([
      expect.objectContaining({ type: 'open' }),
      expect.objectContaining({ wasSent: false }),
      expect.objectContaining({ type: 'close', outcome: 'refused', served: null }),
      'released',
    ]);
  });

  it('calls nobody when the client left before, and counts nothing', async () => {
    const signal = new CallSignal();
    signal.abort(CLIENT_GONE);
    const { account, story } = accountOf({ signal });
    await expect(account.begin(plan)).rejects.toBe(CLIENT_GONE);
    expect(story).toEqual([
      expect.objectContaining({ type: 'open' }),
      expect.objectContaining({ wasSent: false, credit: 0n }),
      expect.objectContaining({ outcome: 'client_gone', status: 499, served: null }),
      'released',
    ]);
  });

  it('counts a call that failed at one target as sent, whatever the next one does', async () => {
    const { account, story } = accountOf();
    await account.begin(plan);
    account.attempted(plan, 502, 'upstream_error');
    await account.close(undefined, { outcome: 'failed', status: 502 });
    expect(story[1]).toMatchObject({ wasSent: true, isFinal: true, credit: 0n });
  });

  it('opens the call once more with what a search cost us, once, and has it in the end', async () => {
    const { account, story } = accountOf();
    const price = { id: 'pv_s', validFrom: 0, components: [component('web_search', '5000')] };
    const charge = { provider: 'serper', isOurs: true, price, searches: 1 };
    const attemptCosts = [{ provider: 'serper', model: 'web-search', cost: '0.005' }];
    await account.begin(plan);
    account.searched(withoutResults('no_results', charge));
    await account.begin(plan);
    await account.close(undefined, { outcome: 'failed', status: 502 });
    const [first, ...opens] = story.slice(0, 3);
    expect(first).toMatchObject({ type: 'open', attemptCosts: undefined });
    expect(opens).toEqual([
      expect.objectContaining({ type: 'open', holds: [HELD], attemptCosts }),
      expect.objectContaining({ type: 'open', holds: [HELD], attemptCosts }),
    ]);
    expect(story[4]).toMatchObject({ type: 'close', attemptCosts });
  });

  it.each([
    ['failed', withoutResults('failed')],
    ['was made with the organization’s own key', withoutResults('no_results', OWN_SEARCH)],
  ])('writes nothing down of a search that %s', async (_how, outcome) => {
    const { account, story } = accountOf();
    await account.begin(plan);
    account.searched(outcome);
    await account.close(undefined, { outcome: 'failed', status: 502 });
    expect(story).toHaveLength(4);
    expect(story[2]).toMatchObject({ type: 'close', attemptCosts: undefined });
  });

  it('keeps the hold where the end could not be written down: the poster will find the call open', async () => {
    const { account, story } = accountOf({ closes: false });
    await account.begin(plan);
    await expect(account.close(undefined, END)).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
    expect(story).not.toContain('released');
  });
});
