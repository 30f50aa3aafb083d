import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { MoneyAdminModule } from '../../src/billing/wallets/money-admin.module.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { makeWallet, quotaOf, TestProcess } from '../support/quotas.js';

let api: AdminApi;
let organization: TestOrganization;
let wallet: string;
let name: string;
let count = 0;

beforeAll(async () => {
  api = await startAdminApi({ more: [MoneyAdminModule] });
}, 60_000);
afterAll(() => api.close());

/** Each test has a machine of its own that is gone with 4 USD of a wallet. */
beforeEach(async () => {
  organization = await api.makeOrganization();
  name = `node-${++count}`;
  wallet = await makeWallet(api.rows, organization.id, '10');
  const machine = `${name}/boot`;
  const process = await TestProcess.register(api.rows, name, { machine });
  await process.lease([[wallet, '4']]);
  await api.rows.query(
    `UPDATE process SET state = 'quarantined', deadline = clock_timestamp() - interval '1 minute' WHERE id = $1`,
    [name],
  );
});

const path = '/admin/v1/quarantine-releases';
const release = (body: object) => api.operator.post(path, body);

it('a machine that is gone is listed with what it had, and released on an operator’s word', async () => {
  const held = { id: name, machine: `${name}/boot`, leases: [{ quota_id: wallet, amount: '4' }] };
  const { body } = await api.operator.get('/admin/v1/quarantined-processes');
  expect(body.data).toContainEqual(expect.objectContaining(held));
  const answer = await release({ machine: name, reason: 'Its disk is lost' });
  expect([answer.status, answer.body]).toEqual([
    201,
    {
      object: 'quarantine_release',
      id: name,
      reason: 'Its disk is lost',
      processes: [expect.objectContaining(held)],
    },
  ]);
  expect(await quotaOf(api.rows, wallet)).toMatchObject({ leased: '0' });
  const [entry] = await api.rows.query(
    `SELECT action, after->>'reason' AS reason FROM audit_entry WHERE target_kind = 'machine' AND target_id = $1`,
    [name],
  );
  expect(entry).toEqual({ action: 'quarantine.release', reason: 'Its disk is lost' });
});

it('a machine that lives, or that nobody knows, or was released before is not released', async () => {
  await release({ machine: `${name}/boot`, reason: 'gone' });
  expect((await release({ machine: name, reason: 'again' })).status).toBe(404);
  expect((await release({ machine: 'nobody', reason: 'x' })).status).toBe(404);
  expect((await release({ machine: name })).status).toBe(400);
  await api.rows.query(`UPDATE process SET state = 'alive' WHERE id = $1`, [name]);
  expect((await release({ machine: name, reason: 'x' })).status).toBe(404);
});

it('is for operators', async () => {
  const owner = organization.as('owner');
  expect((await owner.post(path, { machine: name, reason: 'x' })).status).toBe(403);
  expect((await owner.get('/admin/v1/quarantined-processes')).status).toBe(403);
  expect(await quotaOf(api.rows, wallet)).toMatchObject({ leased: '4' });
});
