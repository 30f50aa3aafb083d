import { describe, expect, it } from '@jest/globals';
import { component } from '../../test/support/catalogue.js';
import { makePrincipal } from '../../test/support/principal.js';
import { makeTarget } from '../../test/support/target.js';
import type { ChatRequest } from '../core/chat.js';
import { formatUsd, parseMultiplier } from '../core/money.js';
import type { PriceComponent } from '../core/price.js';
import type { Plan } from '../providers/index.js';
import { demandOf } from './call-needs.js';
import { CallSignal } from './call-signal.js';
import type { Call } from './call.js';

const PRICES = [component('input', '1'), component('output', '10')];
/** Tokens around a message of one byte. */
const AROUND = 192 + 16 + 1;

interface PlanOptions {
  readonly prices?: PriceComponent[];
  readonly owner?: 'platform' | 'organization';
  readonly maxOutputTokens?: number | null;
  /** What the dialect makes of the request's limit. */
  readonly room?: ReturnType<NonNullable<Plan['protocol']['outputRoom']>>;
}

function planOf(request: ChatRequest, options: PlanOptions = {}): Plan {
  const base = makeTarget({ maxOutputTokens: options.maxOutputTokens ?? null });
  const { prices = PRICES, owner = 'platform' } = options;
  return {
    target: {
      ...base,
      price: { ...base.price, components: prices },
      credential: { ...base.credential, owner },
    },
    protocol: { outputRoom: () => options.room } as Partial<Plan['protocol']> as Plan['protocol'],
    request,
    dropped: [],
  };
}

function demand(
  fields: Partial<ChatRequest>,
  plans: readonly PlanOptions[] = [{}],
  multiplier = '1',
) {
  const request: ChatRequest = {
    model: 'm',
    messages: [{ role: 'user', content: 'x' }],
    ...fields,
  };
  const call: Call = {
    id: 'tx_osm_1',
    endpoint: 'chat.completions',
    principal: makePrincipal({ planMultiplier: parseMultiplier(multiplier) }),
    request,
    context: {
      clientRequestId: null,
      source: null,
      sessionId: null,
      tags: { team: 'a' },
      allowFallback: true,
    },
    startedAt: 0,
    startedTick: 0,
    signal: new CallSignal(),
  };
  const { subject, needs } = demandOf(
    call,
    plans.map((options) => planOf(request, options)),
    1_000,
  );
  const { isFree, isCharged, tags } = subject;
  const [credit, budget, tokens] = [needs.credit, needs.budget, needs.tokens].map(formatUsd);
  return { isFree, isCharged, tags, credit, budget, tokens };
}

const usd = (output: number, input = AROUND): string =>
  formatUsd(BigInt(input * 1_000_000 + output * 10_000_000));

describe('demandOf', () => {
  it('is the whole answer that was asked for, as often as it was', () => {
    expect(demand({ max_tokens: 50 })).toEqual({
      isFree: false,
      isCharged: true,
      tags: { team: 'a' },
      credit: usd(50),
      budget: usd(50),
      tokens: String(AROUND + 50),
    });
    expect(demand({ max_completion_tokens: 50, n: 3 })).toMatchObject({
      credit: usd(150),
      tokens: String(AROUND + 150),
    });
  });

  it('of a request without bounds is what the offer can answer, up to the cap', () => {
    expect(demand({}).credit).toBe(usd(1_000));
    expect(demand({}, [{ maxOutputTokens: 400 }]).credit).toBe(usd(400));
    expect(demand({}, [{ maxOutputTokens: 400_000 }]).credit).toBe(usd(1_000));
    expect(demand({ max_tokens: 5_000 }, [{ maxOutputTokens: 400 }]).credit).toBe(usd(5_000));
  });

  it('has room for what the dialect has the model think', () => {
    const raised = { limit: 1_524, thinking: 1_024 };
    expect(demand({ max_tokens: 500 }, [{ room: raised }]).credit).toBe(usd(1_524));
    const unbound = { room: { limit: undefined, thinking: 2_000 } };
    expect(demand({}, [unbound]).credit).toBe(usd(3_000));
    expect(demand({}, [{ ...unbound, maxOutputTokens: 2_500 }]).credit).toBe(usd(2_500));
  });

  it('is that of the dearest plan', () => {
    const dear = [component('input', '1'), component('output', '20')];
    expect(demand({ max_tokens: 50 }, [{}, { prices: dear }, {}]).credit).toBe(usd(100));
  });

  it('of the wallet is that of the platform’s credentials alone; budgets count all', () => {
    const dear = [component('input', '1'), component('output', '20')];
    expect(demand({ max_tokens: 50 }, [{ owner: 'organization', prices: dear }, {}])).toMatchObject(
      { isCharged: true, credit: usd(50), budget: usd(100) },
    );
    expect(demand({ max_tokens: 50 }, [{ owner: 'organization' }])).toMatchObject({
      isCharged: false,
      credit: '0',
      budget: usd(50),
    });
  });

  it('is at the plan’s multiplier for the platform’s credentials, at list price for one’s own', () => {
    const plans = [{ owner: 'organization' } as const];
    expect(demand({ max_tokens: 100, messages: [] }, [{}], '2').credit).toBe(usd(200, 192 * 2));
    expect(demand({ max_tokens: 100, messages: [] }, plans, '2').budget).toBe(usd(100, 192));
  });

  it('is free where nothing at any plan is asked for', () => {
    const free = [component('input', '0'), component('output', '0')];
    expect(demand({}, [{ prices: free }])).toMatchObject({ isFree: true, credit: '0' });
    expect(demand({}, [{ prices: free }, {}])).toMatchObject({ isFree: false });
  });

  it('covers the searches that are asked for, where they have a price', () => {
    const prices = [...PRICES, component('web_search', '10000')];
    const tool = { type: 'web_search', max_uses: 3 };
    const searching = demand({ max_tokens: 0, tools: [tool] }, [{ prices }]);
    const without = demand({ max_tokens: 0, tools: [tool] });
    expect(Number(searching.credit) - Number(without.credit)).toBeCloseTo(0.03);
    expect(demand({ max_tokens: 50 }, [{ prices }]).credit).toBe(usd(50));
  });
});
