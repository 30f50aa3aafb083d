import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EndedCalls } from '../support/ended-calls.js';
import { chargeOf } from '../support/journal.js';

let stage: EndedCalls;

beforeAll(async () => {
  stage = await EndedCalls.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('what a usage event keeps', () => {
  it('is who, at which plan, and what it counted in', async () => {
    const identity = { member: 'mem_1', multiplier: '1.25', source: 'app', tags: { team: 'a' } };
    const quotas = [['q', 60, '1', '1', '1', '0']] as const;
    const record = stage.close('1', identity, { quotas });
    await stage.post(record);
    const [event] = await stage.rows.query('SELECT * FROM usage_event WHERE call_id = $1', [
      record.call,
    ]);
    expect(event).toMatchObject({
      member_id: 'mem_1',
      plan_multiplier: '1.250000',
      source: 'app',
      tags: { team: 'a' },
      quotas: [['q', 60, '1', '1', '1', '0']],
    });
    const [log] = await stage.rows.query('SELECT member_id FROM request_log WHERE call_id = $1', [
      record.call,
    ]);
    expect(log).toEqual({ member_id: 'mem_1' });
  });

  it.each([
    `UPDATE usage_event SET amount = amount + 1`,
    `UPDATE usage_event SET rank = 'manual'`,
    `DELETE FROM usage_event`,
    `TRUNCATE usage_event`,
  ])('stays: %s', async (sql) => {
    await stage.post(stage.close('1'));
    await expect(stage.rows.query(sql)).rejects.toThrow(/append only|permission denied/);
  });

  it('is counted in full though the log cannot hold it', async () => {
    const record = stage.close(
      '0',
      {},
      { charge: chargeOf('1', { units: { promptTokens: 3e9 } }) },
    );
    await stage.post(record);
    const [log] = await stage.rows.query(
      'SELECT prompt_tokens FROM request_log WHERE call_id = $1',
      [record.call],
    );
    expect(log).toEqual({ prompt_tokens: 2_147_483_647 });
    const [hour] = await stage.rows.query(
      'SELECT prompt_tokens FROM usage_hourly WHERE organization_id = $1',
      [stage.organization],
    );
    expect(hour).toEqual({ prompt_tokens: '3000000000' });
  });
});
