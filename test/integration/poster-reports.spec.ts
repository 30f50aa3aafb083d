import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EndedCalls } from '../support/ended-calls.js';
import { chargeOf } from '../support/journal.js';
import { DAY, inOneWindow, MINUTE } from '../support/one-window.js';
import { faultsOf, makeQuota, quotaOf, type QuotaOptions } from '../support/quotas.js';

let stage: EndedCalls;

beforeAll(async () => {
  stage = await EndedCalls.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

const inOneDay = (story: () => Promise<void>) =>
  inOneWindow(DAY, story, { again: () => stage.begin() });
const inOneMinute = (story: () => Promise<void>) =>
  inOneWindow(MINUTE, story, { again: () => stage.begin() });

async function warn(name: string, more: Partial<QuotaOptions> = {}): Promise<string> {
  const id = `${name}_${stage.tenant}`;
  await makeQuota(stage.rows, id, {
    organization: stage.organization,
    cap: '1',
    enforcement: 'warning',
    ...more,
  });
  return id;
}

const spentOf = async (id: string): Promise<string> => (await quotaOf(stage.rows, id)).spent;

describe('a limit that only warns', () => {
  it('counts the calls of its scope, and refuses none', async () => {
    await stage.rows.query(
      `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix, parent_id)
       VALUES ($1, $2, $3, 'parent', decode(md5($1), 'hex'), 'osm_', NULL),
         ($4, $2, $3, 'child', decode(md5($4), 'hex'), 'osm_', $1)`,
      [`parent_${stage.tenant}`, stage.organization, `prj_${stage.tenant}`, `key_${stage.tenant}`],
    );
    const ids = await Promise.all([
      warn('all'),
      warn('project', { scope: 'project', scopeId: `prj_${stage.tenant}` }),
      warn('elsewhere', { scope: 'project', scopeId: 'prj_other' }),
      warn('key', { scope: 'api_key', scopeId: `key_${stage.tenant}` }),
      warn('maker', { scope: 'api_key', scopeId: `parent_${stage.tenant}` }),
      warn('member', { scope: 'member', scopeId: 'mem_1' }),
      warn('tag', { scope: 'tag', tag: ['team', 'a'] }),
      warn('anyTag', { scope: 'tag', tag: ['team', null] }),
      warn('otherTag', { scope: 'tag', tag: ['team', 'b'] }),
    ]);
    await stage.post(stage.close('2', { member: 'mem_1', tags: { team: 'a' } }));
    await stage.post(
      stage.close('0.5', { tags: { team: 'c' } }),
      stage.close('0.25', { member: 'mem_2' }),
    );
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
    expect(await stage.rows.query('SELECT id FROM overrun')).toEqual([]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it(
    'counts what it is a limit of',
    inOneMinute(async () => {
      const [requests, tokens, free] = await Promise.all([
        warn('requests', { kind: 'requests_per_day', window: 'day' }),
        warn('tokens', { kind: 'tokens_per_minute', window: 'minute' }),
        warn('free', { kind: 'requests_per_day', window: 'day', scope: 'free_models' }),
      ]);
      await stage.post(
        stage.close('2'),
        stage.close('0'),
        stage.close('0', {}, { served: null, outcome: 'refused' }),
      );
      expect(await Promise.all([requests, tokens, free].map(spentOf))).toEqual(['2', '30', '1']);
    }),
  );

  it(
    'counts a call in the window in which it began, and once',
    inOneDay(async () => {
      const daily = await warn('daily', { window: 'day' });
      const [today, yesterday, tomorrow] = [0, -DAY, DAY].map((shift) =>
        stage.close('1', { startedAt: Date.now() + shift }),
      );
      if (!today || !yesterday || !tomorrow) throw new Error('no calls');
      await stage.post(yesterday);
      expect(await spentOf(daily)).toBe('0');
      await stage.post(today);
      await stage.post(today, yesterday);
      expect(await spentOf(daily)).toBe('1');
      await stage.post(tomorrow); // Its gateway's clock is wrong; the database's counts.
      expect(await spentOf(daily)).toBe('2');
    }),
  );
});

describe('the hourly totals', () => {
  const HOUR = Date.UTC(2026, 0, 2, 3);

  it('are of each hour, by whom and of what, to the last digit', async () => {
    const units = { promptTokens: 10, completionTokens: 5, cachedTokens: 3 };
    const charge = (amount: string, more = {}) => ({
      charge: chargeOf(amount, { units, ...more }),
    });
    const at = (minutes: number) => ({ startedAt: HOUR + minutes * 60_000 });
    await stage.post(
      stage.close('0', at(0), charge('0.000000000001')),
      stage.close('0', at(59), charge('0.2', { providerCost: '0.1' })),
      stage.close('0', at(60), charge('4')),
      stage.close(
        '0',
        { ...at(1), member: 'mem_1', source: 'app' },
        charge('8', { charged: false }),
      ),
      stage.close('0', at(2), { served: null, outcome: 'refused' }),
    );
    const found = await stage.rows.query(
      `SELECT extract(epoch FROM hour)::int - $2::int AS second, member_id, provider_id, model_id, source, requests::int,
         prompt_tokens::int, completion_tokens::int, cached_tokens::int, trim_scale(amount)::text AS amount,
         trim_scale(uncharged_amount)::text AS uncharged, trim_scale(provider_cost)::text AS cost
       FROM usage_hourly WHERE organization_id = $1 ORDER BY hour, member_id, provider_id`,
      [stage.organization, HOUR / 1_000],
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
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('are by tag, too: a call counts once under each of its tags', async () => {
    await stage.post(
      stage.close('1', { startedAt: HOUR, tags: { team: 'a', app: 'x' } }),
      stage.close('2', { startedAt: HOUR, tags: { team: 'a' } }),
      stage.close('4', { startedAt: HOUR }),
    );
    const found = await stage.rows.query(
      `SELECT tag_name, tag_value, requests::int, trim_scale(amount)::text AS amount FROM usage_hourly_tag
       WHERE organization_id = $1 ORDER BY 1`,
      [stage.organization],
    );
    expect(found).toEqual([
      { tag_name: 'app', tag_value: 'x', requests: 1, amount: '1' },
      { tag_name: 'team', tag_value: 'a', requests: 2, amount: '3' },
    ]);
  });
});
