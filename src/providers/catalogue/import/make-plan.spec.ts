import { describe, expect, it } from '@jest/globals';
import { CURRENT_CATALOGUE, PLANNED_AT, planOf } from '../../../../test/support/import-plan.js';
import { nativeCatalogue } from '../../../../test/support/native-catalogue.js';
import { planInSteps } from './make-plan.js';
import { readPlan } from './plan.js';

const whole = nativeCatalogue();

/** The catalogue with another amount for the first price of so many offers. */
function withChanges(count: number, change: (amount: string) => string): string {
  let left = count;
  return whole.replaceAll(
    /("id": "(?:openai|groq|mistral)\/[^"]+",[^]*?"status": "active"[^]*?"amount": )"([^"]+)"/g,
    (entry, before: string, amount: string) =>
      amount !== '0' && left-- > 0 ? `${before}"${change(amount)}"` : entry,
  );
}

describe('the plan of an import', () => {
  it('is empty for the whole catalogue again', () => {
    const { models, aliases, offers, prices, unmatched } = planOf(whole);
    expect([models, aliases, offers, prices, unmatched]).toEqual([[], [], [], [], []]);
  });

  it('shows exactly the ten prices that are others', () => {
    const { models, offers, prices } = planOf(
      withChanges(10, (amount) => `${amount}1`.replace(/^(\d+)1$/, '$1.1')),
    );
    expect([models, offers]).toEqual([[], []]);
    expect(prices).toHaveLength(10);
    for (const { before, after, held, valid_from } of prices) {
      expect(before).not.toEqual(after);
      expect([held, valid_from]).toEqual([[], null]);
    }
  });

  it('shows what else is new or different', () => {
    const text = JSON.stringify({
      models: [
        {
          lab: 'acme',
          models: [
            {
              id: 'acme-1',
              name: 'Acme 1',
              family: 'acme',
              type: 'chat',
              capabilities: { input_modalities: ['text'], output_modalities: ['text'] },
            },
          ],
        },
      ],
      offers: [
        {
          provider: 'openai',
          offers: [
            {
              id: 'openai/acme-1',
              model: 'acme-1',
              upstream_model: 'acme-1',
              status: 'active',
              suspect: false,
              capabilities: { input_modalities: ['text'], output_modalities: ['text'] },
              prices: [
                {
                  valid_from: '2026-11-01',
                  source: 'test',
                  components: [{ meter: 'input', unit: 'million_tokens', amount: '1' }],
                },
              ],
            },
          ],
        },
      ],
      aliases: [{ alias: 'acme', model: 'acme-1' }],
    });
    const made = planOf(text);
    expect(made.models).toMatchObject([{ id: 'acme-1', before: null }]);
    expect(made.offers).toMatchObject([{ id: 'openai/acme-1', before: null }]);
    expect(made.aliases).toEqual([{ alias: 'acme', before: null, after: 'acme-1' }]);
    expect(made.prices).toMatchObject([{ offer_id: 'openai/acme-1', before: null, held: [] }]);
    expect(readPlan(JSON.parse(JSON.stringify(made)))).toMatchObject({
      baseRevision: 3,
      models: [{ id: 'acme-1', lab: 'acme' }],
      offers: [{ id: 'openai/acme-1', providerId: 'openai' }],
    });
  });

  it('is none once it was edited', () => {
    const made = planOf(withChanges(1, () => '0.9'));
    const edited = JSON.parse(JSON.stringify(made).replaceAll('"0.9"', '"0.8"')) as unknown;
    expect(() => readPlan(edited)).toThrow('changed since it was made');
  });

  it('announces prices for a later day, and not a second time', () => {
    const effectiveAt = Date.UTC(2027, 0, 1);
    const { prices } = planOf(
      withChanges(1, () => '2.4'),
      'native',
      { effectiveAt },
    );
    expect(prices).toMatchObject([{ valid_from: '2027-01-01T00:00:00.000Z' }]);
  });
});

describe('prices of other sources', () => {
  const cost = (prices: string): string =>
    `{"openai": {"models": {"gpt-4o": {"cost": ${prices}}}}}`;

  it('take the place of the same prices, and leave those alone that the source does not know', () => {
    const [change, ...more] = planOf(cost('{"input": 2.4, "output": 10}'), 'models.dev').prices;
    expect(more).toEqual([]);
    expect(change?.offer_id).toBe('openai/gpt-4o');
    const beside = change?.before?.filter(({ meter }) => meter !== 'input');
    expect(change?.after.filter(({ meter }) => meter !== 'input')).toEqual(beside);
    expect(change?.after.find(({ meter }) => meter === 'input')).toMatchObject({ amount: '2.4' });
    expect(beside?.length).toBeGreaterThan(1);
  });

  it('are held back where they look wrong', () => {
    const held = (prices: string): readonly string[] =>
      planOf(cost(prices), 'models.dev').prices.flatMap((change) => change.held);
    expect(held('{"input": 2.6}')).toEqual([]);
    expect(held('{"input": 4}')).toEqual(['input changes by more than half']);
    expect(held('{"input": 0}')).toEqual(['input becomes free', 'cache_read is above the input']);
    expect(held('{"input": 2500}')).toEqual([
      'input changes by a factor of 1000: a slip of units?',
    ]);
    expect(held('{"output": 0.00001}')).toEqual([
      'output changes by a factor of 1000000: a slip of units?',
    ]);
    expect(held('{"cache_read": 2.6}')).toContain('cache_read is above the input');
    expect(held('{"context_over_200k": {"input": 5}}')).toEqual([
      'input above 200000 tokens is a new condition',
    ]);
  });

  it('are read by LiteLLM’s names, whose unknown price keys are listed', () => {
    const made = planOf(
      JSON.stringify({
        'gpt-4o': {
          litellm_provider: 'openai',
          input_cost_per_token: '2.4e-06',
          input_cost_per_page: 1,
        },
        'claude-sonnet-4-6': {
          litellm_provider: 'anthropic',
          cache_creation_input_token_cost: 3.76e-6,
        },
        'gpt-none': { litellm_provider: 'openai', input_cost_per_token: 1e-6 },
        'x/y': { litellm_provider: 'nobody', input_cost_per_token: -1 },
      }),
      'litellm',
    );
    expect(made.prices.map(({ offer_id }) => offer_id)).toEqual([
      'openai/gpt-4o',
      'anthropic/claude-sonnet-4-6',
    ]);
    expect(made.prices[1]?.after).toContainEqual({
      meter: 'cache_write_5m',
      unit: 'million_tokens',
      amount: '3.76',
      conditions: {},
    });
    expect(made.unmatched).toEqual(['openai/gpt-none']);
    expect(made.unknown_keys).toEqual([{ key: 'input_cost_per_page', first_at: 'gpt-4o' }]);
  });

  it('are read by genai-prices’ names, with the dates that it announces', () => {
    const made = planOf(
      '[{"id": "openai", "models": [{"id": "gpt-4o", "prices": [{"prices": {"input_mtok": 2.5}}, {"constraint": {"start_date": "2027-02-01"}, "prices": {"input_mtok": 2.6}}]}]}]',
      'genai-prices',
    );
    expect(made.prices).toMatchObject([
      { offer_id: 'openai/gpt-4o', valid_from: '2027-02-01T00:00:00.000Z' },
    ]);
  });
});

it('is made in steps, between which others get their turn', () => {
  const order = { text: whole, format: 'native' as const, origin: 'test.json', only: [] };
  const steps = planInSteps(CURRENT_CATALOGUE, { ...order, now: PLANNED_AT, effectiveAt: null });
  expect([...steps]).toHaveLength(3);
});
