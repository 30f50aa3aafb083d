/** The day of all buckets, 2026-01-02, in seconds since the epoch. */
export const BILLED_DAY_S = Date.UTC(2026, 0, 2) / 1_000;

/** As platform.openai.com/docs/api-reference/usage/costs has it. */
export const openAiCosts = (
  costs: readonly [item: string | null, value: number | string][],
  next: string | null,
) => ({
  object: 'page',
  data: [
    {
      object: 'bucket',
      start_time: BILLED_DAY_S,
      end_time: BILLED_DAY_S + 86_400,
      results: costs.map(([item, value]) => ({
        object: 'organization.costs.result',
        amount: { value, currency: 'usd' },
        line_item: item,
        project_id: null,
      })),
    },
  ],
  has_more: next !== null,
  next_page: next,
});

/** As docs.claude.com/en/api/admin-api/usage-cost/get-cost-report has it: cents. */
export const anthropicCosts = (
  costs: readonly [model: string | null, cents: string][],
  next: string | null,
) => ({
  data: [
    {
      starting_at: '2026-01-02T00:00:00Z',
      ending_at: '2026-01-03T00:00:00Z',
      results: costs.map(([model, amount]) => ({
        currency: 'USD',
        amount,
        model,
        workspace_id: null,
        cost_type: model === null ? 'web_search' : 'tokens',
        description: 'Usage',
      })),
    },
  ],
  has_more: next !== null,
  next_page: next,
});
