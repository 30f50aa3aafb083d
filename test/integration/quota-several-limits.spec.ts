import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CallDetails, type LeaseProcess, postCall } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';
import { headerValues, refusalOf } from '../support/refusals.js';

const HOUR_S = 3_600;

let stage: LeaseStage;
let gateway: LeaseProcess;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  await stage.begin();
  await stage.giveCredit('1000');
  gateway = await stage.startProcess();
});
afterEach(() => stage.end());

const call = (more: Partial<CallDetails> = {}) => gateway.authorize(stage.name, '0.01', more);
const refused = (more: Partial<CallDetails> = {}) => refusalOf(call(more));

/** A time zone whose day ends in so many hours, or up to one hour sooner. */
function zoneEndingIn(hours: number): string {
  const ahead = (48 - hours - new Date().getUTCHours()) % 24;
  const offset = ahead > 12 ? ahead - 24 : ahead;
  // The signs of these names are the other way round than ISO's.
  return `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** Limits per day, of which that of the API key ends about twelve hours before that of the organization. */
async function makeDays(cap: string): Promise<void> {
  const kind = 'requests_per_day';
  await stage.makeQuota({ kind, cap, scope: 'api_key', timeZone: zoneEndingIn(6) });
  await stage.makeQuota({ kind, cap, timeZone: zoneEndingIn(18) });
  await stage.makeQuota({ kind, cap, scope: 'project', timeZone: zoneEndingIn(12) });
}

describe('a call that passes several limits', () => {
  it('is told when all of them have room again', async () => {
    await makeDays('2');
    for (const _ of [1, 2]) await postCall(stage.rows, gateway, stage.name, await call(), '0.01');
    for (const _ of ['by Postgres', 'by what is remembered']) {
      const { retryAfterSeconds, message } = await refused();
      expect(message).toContain(`the limit of the organization org_${stage.name}: 2 requests`);
      expect(retryAfterSeconds).toBeGreaterThan(16 * HOUR_S);
      expect(retryAfterSeconds).toBeLessThanOrEqual(18 * HOUR_S);
    }
  });

  it('is told the same where others have the rest in hand', async () => {
    await makeDays('2');
    await Promise.all([call(), call()]);
    expect((await refused()).retryAfterSeconds).toBeGreaterThan(16 * HOUR_S);
  });

  it('is told so also where only the one that ends first was remembered, of another key', async () => {
    await stage.makeQuota({
      kind: 'requests_per_day',
      cap: '1',
      timeZone: zoneEndingIn(6),
    });
    await stage.makeQuota({
      kind: 'requests_per_day',
      cap: '1',
      scope: 'api_key',
      timeZone: zoneEndingIn(18),
    });
    await postCall(stage.rows, gateway, stage.name, await call(), '0.01');
    const other = { principal: { apiKeyId: 'key_other', keyChain: ['key_other'] } };
    expect((await refused(other)).retryAfterSeconds).toBeLessThanOrEqual(6 * HOUR_S);
    expect((await refused()).retryAfterSeconds).toBeGreaterThan(16 * HOUR_S);
    // Of which the other key again learns nothing.
    expect((await refused(other)).retryAfterSeconds).toBeLessThanOrEqual(6 * HOUR_S);
  });

  it('hears nothing of limits of its own that were not looked at', async () => {
    const timeZone = zoneEndingIn(12);
    await stage.makeQuota({ kind: 'requests_per_day', cap: '1', timeZone });
    await stage.makeQuota({ kind: 'tokens_per_minute', cap: '5000', scope: 'api_key' });
    const other = { principal: { apiKeyId: 'key_other', keyChain: ['key_other'] } };
    await postCall(stage.rows, gateway, stage.name, await call(other), '0.01');
    await refused(other);
    const headers = headerValues((await refused()).headers);
    expect(headers).toMatchObject({
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
    });
    // It is known where the other refusal is no longer remembered.
    expect([undefined, '5000']).toContain(headers['x-ratelimit-limit-tokens']);
  });
});
