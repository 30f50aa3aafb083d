import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ExpiryService } from '../../src/billing/retention/expiry.service.js';
import { logRequests } from '../support/request-log.js';
import { daysAgo, RetainedData } from '../support/retained-data.js';

let stage: RetainedData;
let expiry: ExpiryService;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  stage = await RetainedData.start();
  expiry = new ExpiryService(stage.service);
});
afterAll(async () => {
  await stage.stop();
  jest.restoreAllMocks();
});
beforeEach(() => stage.begin());

async function retain(organization: string, retention: string, bodyDays = 30, logDays = 400) {
  await stage.rows.query(
    'UPDATE organization SET retention = $2, body_days = $3, log_days = $4 WHERE id = $1',
    [organization, retention, bodyDays, logDays],
  );
}

describe('bodies', () => {
  it('go when their days are over', async () => {
    await retain(stage.a, 'full');
    await stage.keepBody(stage.a, `${stage.a}over`, 29, -0.001);
    await stage.keepBody(stage.a, `${stage.a}yet`, 29, 0.01);
    expect(await expiry.bodies()).toBe(1);
    expect(await stage.calls('request_body', stage.a)).toEqual(['yet']);
    expect(await expiry.bodies()).toBe(0);
  });

  it('go when the organization wants to keep them for fewer days, or no longer', async () => {
    await retain(stage.a, 'full', 3);
    await retain(stage.b, 'metadata');
    await stage.keepBody(stage.a, `${stage.a}old`, 4, 20);
    await stage.keepBody(stage.a, `${stage.a}young`, 2, 20);
    await stage.keepBody(stage.b, `${stage.b}any`, 0, 20);
    expect(await expiry.bodies()).toBe(2);
    expect(await stage.calls('request_body', stage.a)).toEqual(['young']);
    expect(await stage.calls('request_body', stage.b)).toEqual([]);
  });
});

describe('rows of the log', () => {
  it('go after the days of their organization, whatever partition they are in', async () => {
    await retain(stage.a, 'metadata', 30, 10);
    const log = (organization: string, name: string, days: number) => ({
      call_id: `${organization}${name}`,
      organization_id: organization,
      started_at: daysAgo(days),
    });
    await logRequests(stage.rows, [
      log(stage.a, 'new', 0),
      log(stage.a, 'nine', 9.9),
      log(stage.a, 'ten', 10.1),
      log(stage.a, 'old', 500),
      log(stage.b, 'ten', 10.1),
      log(stage.b, 'old', 401),
    ]);
    expect(await expiry.log()).toBe(3);
    expect(await stage.calls('request_log', stage.a)).toEqual(['new', 'nine']);
    expect(await stage.calls('request_log', stage.b)).toEqual(['ten']);
    expect(await expiry.log()).toBe(0);
  });

  it('go at once when the organization keeps nothing any more', async () => {
    await logRequests(stage.rows, [{ organization_id: stage.a, call_id: `${stage.a}x` }]);
    await retain(stage.a, 'none');
    expect(await expiry.log()).toBe(1);
    expect(await stage.calls('request_log', stage.a)).toEqual([]);
  });

  it('go in batches, also where there are many', async () => {
    await retain(stage.a, 'metadata', 30, 10);
    await stage.rows.query(
      `INSERT INTO request_log SELECT (log).* FROM (
         SELECT jsonb_populate_record(NULL::request_log, to_jsonb(one) || jsonb_build_object('call_id', one.call_id || n))
           AS log FROM request_log AS one, generate_series(1, 4500) AS n WHERE one.call_id = $1) AS many`,
      [(await logRequests(stage.rows, [{ organization_id: stage.a, started_at: daysAgo(11) }]))[0]],
    );
    expect(await expiry.log()).toBe(4_501);
    expect(await stage.calls('request_log', stage.a)).toEqual([]);
  });
});

describe('records of repeatable writes', () => {
  it('go after two days', async () => {
    for (const [key, hours] of [
      ['old', 48.1],
      ['new', 47.9],
    ] as const) {
      await stage.rows.query(
        `INSERT INTO idempotency_record (actor_id, key, method, path, body_hash, answer, created_at)
         VALUES ($1, $2, 'POST', '/', '', '{}', now() - make_interval(secs => $3))`,
        [stage.a, key, hours * 3_600],
      );
    }
    expect(await expiry.idempotency()).toBe(1);
    expect(await stage.rows.query('SELECT key FROM idempotency_record')).toEqual([{ key: 'new' }]);
  });
});
