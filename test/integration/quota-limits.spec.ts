import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import type pg from 'pg';
import type { QuotaKind } from '../../src/billing/quota/quota.js';
import { close, type LeaseProcess, useOf, type CallDetails } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';
import { DAY, inOneWindow, MINUTE } from '../support/one-window.js';
import { headerValues, refusalOf } from '../support/refusals.js';
import { until } from '../support/tenant.js';

let stage: LeaseStage;
let gateway: LeaseProcess;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
async function begin(): Promise<void> {
  await stage.begin();
  await stage.giveCredit('1000');
  gateway = await stage.startProcess();
}
beforeEach(begin);
afterEach(() => stage.end());

const again = async (): Promise<void> => {
  await stage.end();
  await begin();
};
const inOneDay = (story: () => Promise<void>) => inOneWindow(DAY, story, { again });
const inOneMinute = (story: () => Promise<void>) => inOneWindow(MINUTE, story, { again });

const call = (more: Partial<CallDetails> = {}) => gateway.authorize(stage.name, '0.01', more);
const refused = (more: Partial<CallDetails> = {}) => refusalOf(call(more));

describe('requests per minute', () => {
  it(
    'are admitted up to the limit; the next is told which one it was, and when to come again',
    inOneMinute(async () => {
      await stage.makeQuota({ kind: 'requests_per_minute', scope: 'api_key', cap: '3' });
      const holds = [await call(), await call(), await call()];
      const before = Date.now();
      const error = await refused();
      const after = Date.now();
      expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
      expect(error.message).toMatch(
        new RegExp(
          `^This request passes the limit of the API key key_${stage.name}: 3 requests per minute\\. Try again in \\d+ s\\.$`,
        ),
      );
      // To the end of the minute, rounded up, whenever between the two moments it was.
      const seconds = [before, after].map((at) => Math.ceil((60_000 - (at % 60_000)) / 1_000));
      expect(seconds).toContain(error.retryAfterSeconds);
      expect(headerValues(error.headers)).toEqual({
        'x-ratelimit-limit-requests': '3',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': expect.stringMatching(/^(\d+s|1m0s)$/),
      });
      // An answered call stays counted, one that was never sent does not.
      for (const hold of holds.slice(1)) close(gateway, hold, useOf('0.01'));
      await refused();
      gateway.authorization.release(holds[0] as (typeof holds)[number]);
      await call();
      await refused();
    }),
  );

  it(
    'that were refused count against nothing',
    inOneMinute(async () => {
      await stage.makeQuota({ kind: 'requests_per_minute', cap: '2' });
      await stage.makeQuota({ kind: 'requests_per_minute', scope: 'api_key', cap: '1' });
      await call();
      for (let at = 0; at < 5; at++) await refused();
      const other = { principal: { keyChain: ['key_other'] } };
      await call(other);
      await refused(other);
    }),
  );
});

describe('tokens per minute', () => {
  it(
    'are held as estimated, and given back but for those that were used',
    inOneMinute(async () => {
      await stage.makeQuota({ kind: 'tokens_per_minute', cap: '1000' });
      const hold = await call({ tokens: 900 });
      expect((await refused({ tokens: 200 })).message).toContain('1000 tokens per minute');
      close(gateway, hold, useOf('0.01'));
      const headers = headerValues(gateway.authorization.headersOf(await call({ tokens: 200 })));
      expect(headers).toMatchObject({
        'x-ratelimit-limit-tokens': '1000',
        'x-ratelimit-remaining-tokens': '790',
      });
      expect(headers).not.toHaveProperty('x-ratelimit-limit-requests');
    }),
  );

  it('refuse for good what is larger than the limit', async () => {
    await stage.makeQuota({ kind: 'tokens_per_minute', cap: '1000' });
    expect(await refused({ tokens: 1_001 })).toMatchObject({
      status: 429,
      shouldRetry: false,
      message: `This request may use up to 1001 tokens, more than the limit of the organization org_${stage.name}: 1000 tokens per minute. A lower max_tokens makes it smaller.`,
    });
  });
});

describe('calls at a time', () => {
  it('are admitted up to the limit, and again when one has ended', async () => {
    await stage.makeQuota({ kind: 'concurrency', cap: '2' });
    const holds = [await call(), await call()];
    expect(await refused()).toMatchObject({ status: 429, retryAfterSeconds: 1 });
    close(gateway, holds[0] as (typeof holds)[number], useOf('0.01'));
    const next = await call();
    await refused();
    // Also where it ended as an estimate, whose money stays set aside.
    close(gateway, next, useOf('0.01', { isFinal: false }));
    await call();
    await refused();
  });
});

describe('headers of an answer', () => {
  it(
    'are those of the limit with the least left',
    inOneDay(async () => {
      await stage.makeQuota({ kind: 'requests_per_minute', cap: '10' });
      await stage.makeQuota({ kind: 'requests_per_day', scope: 'project', cap: '5' });
      await stage.makeQuota({ kind: 'requests_per_minute', scope: 'api_key', cap: '100' });
      const remaining = async (): Promise<unknown> => {
        const headers = headerValues(gateway.authorization.headersOf(await call()));
        expect(headers['x-ratelimit-reset-requests']).toMatch(/^(\d+h)?(\d+m)?\d+s$/);
        return [headers['x-ratelimit-limit-requests'], headers['x-ratelimit-remaining-requests']];
      };
      expect(await remaining()).toEqual(['5', '4']);
      expect(await remaining()).toEqual(['5', '3']);
    }),
  );

  it('are none where no limit holds', async () => {
    await stage.makeQuota({ kind: 'budget', cap: '5' });
    expect(gateway.authorization.headersOf(await call())).toEqual([]);
  });
});

describe('limits', () => {
  it.each<QuotaKind>(['requests_per_minute', 'requests_per_day', 'concurrency'])(
    'of %s hold for the calls of their scope alone',
    async (kind) => {
      await stage.makeQuota({ kind, cap: '0', scope: 'tag', tag: ['team', 'blue'] });
      await stage.makeQuota({ kind, cap: '0', scope: 'free_models' });
      await stage.makeQuota({ kind, cap: '0', scope: 'member', scopeId: 'mem_1' });
      await stage.makeQuota({ kind, cap: '0', scope: 'api_key', scopeId: 'key_parent' });
      await call({ tags: { team: 'red' } });
      expect((await refused({ tags: { team: 'blue' } })).message).toContain('tag team=blue');
      expect((await refused({ isFree: true })).message).toContain('the free models');
      expect((await refused({ principal: { memberId: 'mem_1' } })).message).toContain('mem_1');
      const made = { principal: { keyChain: ['key_child', 'key_parent'] } };
      expect((await refused(made)).message).toContain('key_parent');
    },
  );

  it(
    'hold as soon as they are made, and no longer when they are deleted',
    inOneMinute(async () => {
      await call();
      const id = await stage.makeQuota({ kind: 'requests_per_minute', cap: '0' });
      await until(() => refused().then(Boolean, () => false), 'the refusal');
      await stage.rows.query('UPDATE quota SET cap = 1 WHERE id = $1', [id]);
      await until(() => call().then(Boolean, () => false), 'the admission');
      await refused();
      await stage.rows.query('UPDATE quota SET deleted_at = now() WHERE id = $1', [id]);
      const kinds = async (): Promise<unknown[]> =>
        (await call()).entries().map((entry) => entry[3]);
      await until(() =>
        kinds().then(
          (all) => !all.includes('requests_per_minute'),
          () => false,
        ),
      );
    }),
  );

  it('that only warn refuse nobody', async () => {
    const id = await stage.makeQuota({ kind: 'budget', cap: '0' });
    await refused();
    await stage.rows.query(`UPDATE quota SET enforcement = 'warning' WHERE id = $1`, [id]);
    await until(() => call().then(Boolean, () => false), 'the admission');
  });

  it('that are read while they change are read again', async () => {
    await call();
    const { pool } = gateway.database;
    const query = pool.query.bind(pool) as (statement: pg.QueryConfig) => Promise<unknown>;
    // The change is told while the rows from before it are on their way.
    const spy = jest.spyOn(pool, 'query').mockImplementationOnce((async (
      statement: pg.QueryConfig,
    ) => {
      const answer = await query(statement);
      await stage.makeQuota({ kind: 'requests_per_minute', cap: '0' });
      await gateway.heard();
      return answer;
    }) as never);
    await stage.makeQuota({ kind: 'concurrency', cap: '100' });
    await until(() => refused().then(Boolean, () => false), 'the refusal');
    expect(spy.mock.calls.length).toBeGreaterThan(1);
  });
});
