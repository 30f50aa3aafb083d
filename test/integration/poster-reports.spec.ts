import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallIdentity, CloseRecord } from '../../src/billing/journal/journal-record.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf, identityOf } from '../support/journal.js';
import {
  connectAsGateway,
  faultsOf,
  makeQuota,
  makeWallet,
  quotaOf,
  type QuotaOptions,
} from '../support/quotas.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let tenant = 0;
let organization: string;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  tenant++;
  organization = `org_${tenant}`;
  await makeTenant(rows, String(tenant));
  await makeWallet(rows, organization, '100');
});

let calls = 0;
function close(
  cost: string,
  who: Partial<CallIdentity> = {},
  more: Partial<CloseRecord> = {},
): CloseRecord {
  const identity = identityOf({
    organization,
    project: `prj_${tenant}`,
    key: `key_${tenant}`,
    startedAt: Date.now(),
    ...who,
  });
  return closeOf(`call_${calls++}`, cost, { identity, ...more });
}

async function post(...closes: CloseRecord[]): Promise<void> {
  await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify(closes)]);
}

async function warn(name: string, more: Partial<QuotaOptions> = {}): Promise<string> {
  const id = `${name}_${tenant}`;
  await makeQuota(rows, id, { organization, cap: '1', enforcement: 'warning', ...more });
  return id;
}

const spentOf = async (id: string): Promise<string> => (await quotaOf(rows, id)).spent;

describe('a limit that only warns', () => {
  it('counts the calls of its scope, and refuses none', async () => {
    await rows.query(
      `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix, parent_id)
       VALUES ($1, $2, $3, 'parent', decode(md5($1), 'hex'), 'osm_', NULL),
         ($4, $2, $3, 'child', decode(md5($4), 'hex'), 'osm_', $1)`,
      [`parent_${tenant}`, organization, `prj_${tenant}`, `key_${tenant}`],
    );
    const ids = await Promise.all([
      warn('all'),
      warn('project', { scope: 'project', scopeId: `prj_${tenant}` }),
      warn('elsewhere', { scope: 'project', scopeId: 'prj_other' }),
      warn('key', { scope: 'api_key', scopeId: `key_${tenant}` }),
      warn('maker', { scope: 'api_key', scopeId: `parent_${tenant}` }),
      warn('member', { scope: 'member', scopeId: 'mem_1' }),
      warn('tag', { scope: 'tag', tag: ['team', 'a'] }),
      warn('anyTag', { scope: 'tag', tag: ['team', null] }),
      warn('otherTag', { scope: 'tag', tag: ['team', 'b'] }),
    ]);
    await post(close('2', { member: 'mem_1', tags: { team: 'a' } }));
    await post(close('0.5', { tags: { team: 'c' } }), close('0.25', { member: 'mem_2' }));
    expect(await Promise.all(ids.map(spentOf))).toEqual([
      '2.75',
      '2.75',
      '0',
      '2.75',
      '2.75',
      '2',
      '2',
      '2.5',
      '0',
    ]);
    expect(await rows.query('SELECT id FROM overrun')).toEqual([]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('counts what it is a limit of', async () => {
    const [requests, tokens, free] = await Promise.all([
      warn('requests', { kind: 'requests_per_day', window: 'day' }),
      warn('tokens', { kind: 'tokens_per_minute', window: 'minute' }),
      warn('free', { kind: 'requests_per_day', window: 'day', scope: 'free_models' }),
    ]);
    await post(close('2'), close('0'), close('0', {}, { served: null, outcome: 'refused' }));
    expect(await Promise.all([requests, tokens, free].map(spentOf))).toEqual(['2', '30', '1']);
  });

  it('counts a call in the window in which it began, and once', async () => {
    const daily = await warn('daily', { window: 'day' });
    const day = 86_400_000;
    const [today, yesterday, tomorrow] = [0, -day, day].map((shift) =>
      close('1', { startedAt: Date.now() + shift }),
    );
    if (!today || !yesterday || !tomorrow) throw new Error('no calls');
    await post(yesterday);
    expect(await spentOf(daily)).toBe('0');
    await post(today);
    await post(today, yesterday);
    expect(await spentOf(daily)).toBe('1');
    await post(tomorrow); // Its gateway's clock is wrong; the database's counts.
    expect(await spentOf(daily)).toBe('2');
  });
});

describe('the hourly totals', () => {
  const HOUR = Date.UTC(2026, 0, 2, 3);

  it('are of each hour, by whom and of what, to the last digit', async () => {
    const units = { promptTokens: 10, completionTokens: 5, cachedTokens: 3 };
    const charge = (amount: string, more = {}) => ({
      charge: chargeOf(amount, { units, ...more }),
    });
    const at = (minutes: number) => ({ startedAt: HOUR + minutes * 60_000 });
    await post(
      close('0', at(0), charge('0.000000000001')),
      close('0', at(59), charge('0.2', { providerCost: '0.1' })),
      close('0', at(60), charge('4')),
      close('0', { ...at(1), member: 'mem_1', source: 'app' }, charge('8', { charged: false })),
      close('0', at(2), { served: null, outcome: 'refused' }),
    );
    const found = await rows.query(
      `SELECT extract(epoch FROM hour)::int - $2::int AS second, member_id, provider_id, model_id, source, requests::int,
         prompt_tokens::int, completion_tokens::int, cached_tokens::int, trim_scale(amount)::text AS amount,
         trim_scale(uncharged_amount)::text AS uncharged, trim_scale(provider_cost)::text AS cost
       FROM usage_hourly WHERE organization_id = $1 ORDER BY hour, member_id, provider_id`,
      [organization, HOUR / 1_000],
    );
    const openai = { member_id: '', provider_id: 'openai', model_id: 'm', source: '' };
    const tokens = (count: number) => ({
      requests: count,
      prompt_tokens: 10 * count,
      completion_tokens: 5 * count,
      cached_tokens: 3 * count,
    });
    expect(found).toEqual([
      {
        second: 0,
        ...openai,
        provider_id: '',
        model_id: '',
        requests: 1,
        prompt_tokens: 10,
        completion_tokens: 5,
        cached_tokens: 0,
        amount: '0',
        uncharged: '0',
        cost: '0',
      },
      {
        second: 0,
        ...openai,
        ...tokens(2),
        amount: '0.200000000001',
        uncharged: '0',
        cost: '0.100000000001',
      },
      {
        second: 0,
        ...openai,
        member_id: 'mem_1',
        source: 'app',
        ...tokens(1),
        amount: '0',
        uncharged: '8',
        cost: '0',
      },
      { second: 3_600, ...openai, ...tokens(1), amount: '4', uncharged: '0', cost: '4' },
    ]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('are by tag, too: a call counts once under each of its tags', async () => {
    await post(
      close('1', { startedAt: HOUR, tags: { team: 'a', app: 'x' } }),
      close('2', { startedAt: HOUR, tags: { team: 'a' } }),
      close('4', { startedAt: HOUR }),
    );
    const found = await rows.query(
      `SELECT tag_name, tag_value, requests::int, trim_scale(amount)::text AS amount FROM usage_hourly_tag
       WHERE organization_id = $1 ORDER BY 1`,
      [organization],
    );
    expect(found).toEqual([
      { tag_name: 'app', tag_value: 'x', requests: 1, amount: '1' },
      { tag_name: 'team', tag_value: 'a', requests: 2, amount: '3' },
    ]);
  });
});
