import type { Samples } from '../stage/sample.js';

const ORGANIZATION = '/admin/v1/organizations/:organization_id';
const WALLET = `${ORGANIZATION}/wallet`;
const PLACES = ['project_id', 'member_id', 'key_id'] as const;
const SCOPES = { project_id: 'project', member_id: 'member', key_id: 'api_key' } as const;

/** A time zone goes with days only. */
const DAYS = { group_by: 'day', time_zone: 'Europe/Berlin' };

/** Wallets, what moves them, budgets and limits. */
export const MONEY_SAMPLES: Samples = {
  'GET /admin/v1/reports/usage': () => [{ query: DAYS }],
  [`GET ${ORGANIZATION}/reports/usage`]: () => [{ query: DAYS }],
  [`PATCH ${WALLET}`]: () => [{ body: { credit_limit: '5' } }],
  [`POST ${WALLET}/top-ups`]: ({ mark }) => [
    { body: { amount: '5', external_id: `payment-${mark}`, note: 'Invoice' } },
  ],
  [`POST ${WALLET}/promotions`]: () => [{ body: { amount: '1', note: 'Welcome' } }],
  [`POST ${WALLET}/adjustments`]: () => [{ body: { amount: '-0.1', reason: 'Correction' } }],
  [`POST ${WALLET}/refunds`]: ({ ids }) => [
    { body: { call_id: ids['request_id'], amount: '0.01', reason: 'Broken' } },
    { body: { transaction_id: ids['transaction_id'], amount: '0.01', reason: 'Paid back' } },
  ],
  [`POST ${ORGANIZATION}/budgets`]: ({ ids }) => [
    ...PLACES.map((place) => ({
      body: {
        scope: SCOPES[place],
        scope_id: ids[place],
        period: 'month',
        amount: '20',
        enforcement: 'warning',
        time_zone: 'Europe/Berlin',
        anchor: '2026-01-01T00:00:00Z',
      },
    })),
    { body: { scope: 'tag', tag_name: 'team', tag_value: 'a', period: 'day', amount: '1' } },
  ],
  [`PATCH ${ORGANIZATION}/budgets/:budget_id`]: () => [
    {
      body: {
        period: 'week',
        amount: '30',
        enforcement: 'hard',
        time_zone: 'UTC',
        anchor: '2026-01-01T00:00:00Z',
      },
    },
  ],
  [`POST ${ORGANIZATION}/limits`]: ({ ids }) => [
    {
      body: {
        scope: 'api_key',
        scope_id: ids['key_id'],
        kind: 'requests_per_minute',
        amount: 100,
      },
    },
    {
      body: {
        scope: 'project',
        scope_id: ids['project_id'],
        kind: 'requests_per_minute',
        amount: 100,
      },
    },
  ],
  'GET /admin/v1/suspense-items': () => [{ query: { provider_id: 'openai' } }],
  'POST /admin/v1/suspense-acceptances': () => [
    {
      body: {
        provider_id: 'nobody',
        day: '2026-01-01',
        model: 'gpt-4o',
        amount: '0.1',
        reason: 'Nothing is open there',
      },
      status: 404,
    },
  ],
  'POST /admin/v1/quarantine-releases': () => [
    { body: { machine: 'nobody', reason: 'No machine is gone' }, status: 404 },
  ],
  'POST /admin/v1/reconciliations': () => [
    {
      body: {
        provider_id: 'openai',
        lines: [{ day: '2026-01-01', model: 'gpt-4o', amount: '0.1' }],
      },
    },
    {
      body: { provider_id: 'openai', csv: 'day,model,amount\n2026-01-02,gpt-4o,0.1\ntotal,,0.1\n' },
    },
  ],
  [`PATCH ${ORGANIZATION}/limits/:limit_id`]: () => [{ body: { amount: 50 } }],
};
