import { sealPlan } from '../../../src/providers/catalogue/import/plan.js';
import type { Samples } from '../stage/sample.js';

/** One that changes nothing, and may be applied as often as one likes. */
const EMPTY_PLAN = sealPlan({
  base_revision: 0,
  format: 'native',
  source: 'sample',
  effective_at: null,
  models: [],
  aliases: [],
  offers: [],
  prices: [],
  unmatched: [],
  unknown_keys: [],
});

/** Imports of models and prices. */
export const CATALOGUE_SAMPLES: Samples = {
  'POST /admin/v1/catalogue/plans': ({ provider }) => [
    {
      body: {
        format: 'native',
        content: '{}',
        name: 'sample.json',
        effective_at: '2099-01-01T00:00:00Z',
        providers: ['openai'],
      },
    },
    { body: { format: 'models.dev', source_url: `${provider.url}/prices.json` } },
  ],
  'POST /admin/v1/catalogue/revisions': () => [
    { body: { plan: { ...EMPTY_PLAN }, confirm: ['all'] } },
  ],
};
