import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readEnvironment } from '../../src/platform/read-environment.js';
import { BootstrapTokenService } from '../../src/tenants/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';

const bootstrap = '/admin/v1/bootstrap';
const me = '/admin/v1/me';

let api: AdminApi;
beforeEach(async () => {
  api = await startAdminApi();
});
afterEach(() => api.close());

const issue = (): Promise<string | undefined> => api.app.get(BootstrapTokenService).issue();
const exchange = (token: string | undefined, body?: object): Promise<AdminAnswer> =>
  api.as(token).post(bootstrap, body);
/** As on a fresh installation. */
const withoutOperators = () => api.rows.query('UPDATE admin_token SET revoked_at = now()');

describe('a bootstrap token', () => {
  it('is not made while there is an operator', async () => {
    expect(await issue()).toBeUndefined();
    await withoutOperators();
    expect(await issue()).toMatch(/^osmadm_[0-9A-Za-z]{46}$/);
  });

  it('is made where the only operator’s token has expired, whatever members have', async () => {
    await api.makeOrganization();
    await api.rows.query('UPDATE admin_token SET expires_at = now() WHERE member_id IS NULL');
    expect(await issue()).toBeDefined();
  });

  it('is exchanged once for a token that lasts', async () => {
    await withoutOperators();
    const token = await issue();
    const answer = await exchange(token, { name: 'Root' });
    expect([answer.status, answer.body]).toMatchObject([
      201,
      { object: 'admin_token', name: 'Root', expires_at: null, organization_id: null },
    ]);
    const operator = api.as(answer.body.token);
    expect((await operator.get(me)).body).toMatchObject({ kind: 'operator', id: answer.body.id });
    expect(verdictOf(await exchange(token))).toBe('401 invalid_api_key');
    const { body: log } = await operator.get('/admin/v1/audit-log');
    expect(log.data).toMatchObject([{ action: 'admin_token.create', target_id: answer.body.id }]);
  });

  it('needs no body', async () => {
    await withoutOperators();
    expect((await exchange(await issue())).body.name).toBe('First operator');
  });

  it('ends after fifteen minutes', async () => {
    await withoutOperators();
    const token = await issue();
    const [row] = await api.rows.query(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS seconds
       FROM admin_token WHERE kind = 'bootstrap'`,
    );
    expect(Math.abs(Number(row?.['seconds']) - 900)).toBeLessThanOrEqual(1);
    await api.rows.query(`UPDATE admin_token SET expires_at = now() WHERE kind = 'bootstrap'`);
    expect(verdictOf(await exchange(token))).toBe('403 key_expired');
  });

  it('is good for nothing else', async () => {
    await withoutOperators();
    const client = api.as(await issue());
    for (const path of [me, '/admin/v1/tokens', '/admin/v1/audit-log'])
      expect(verdictOf(await client.get(path))).toBe('401 invalid_api_key');
  });

  it('makes one operator, however many try with it at once', async () => {
    await withoutOperators();
    const token = await issue();
    const answers = await Promise.all(Array.from({ length: 5 }, () => exchange(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401, 401]);
    const rows = await api.rows.query(
      `SELECT 1 FROM admin_token WHERE kind = 'lasting' AND revoked_at IS NULL`,
    );
    expect(rows).toHaveLength(1);
  });

  it('is worth nothing once another one was used', async () => {
    await withoutOperators();
    const [first, second] = [await issue(), await issue()];
    expect((await exchange(first)).status).toBe(201);
    expect(verdictOf(await exchange(second))).toBe('401 invalid_api_key');
  });

  it('is worth nothing where an operator came by another way', async () => {
    await withoutOperators();
    const token = await issue();
    await api.rows.query(`UPDATE admin_token SET revoked_at = NULL WHERE kind = 'lasting'`);
    expect(verdictOf(await exchange(token))).toBe('409 resource_conflict');
  });

  it('is the only one that opens its door', async () => {
    expect(verdictOf(await exchange(api.operatorToken))).toBe('401 invalid_api_key');
    expect(verdictOf(await exchange(undefined))).toBe('401 invalid_api_key');
    const { members } = await api.makeOrganization();
    expect(verdictOf(await exchange(members.owner.token))).toBe('401 invalid_api_key');
  });
});

describe('ADMIN_TOKEN', () => {
  const token = randomBytes(32).toString('hex');
  beforeEach(async () => {
    await api.close();
    api = await startAdminApi({ environment: { ADMIN_TOKEN: token } });
  });

  it('is an operator’s token', async () => {
    expect((await api.as(token).get(me)).body).toMatchObject({
      kind: 'operator',
      id: 'adm_environment',
    });
    expect((await api.as(undefined).get(me, { 'x-api-key': token })).status).toBe(200);
    const { status, body } = await api.as(token).post('/admin/v1/tokens', { name: 'Next' });
    expect(status).toBe(201);
    const { body: log } = await api.operator.get(`/admin/v1/audit-log?target_id=${body.id}`);
    expect(log.data).toMatchObject([{ actor_kind: 'operator', actor_id: 'adm_environment' }]);
  });

  it('is known by every character of it', async () => {
    const last = token.endsWith('0') ? '1' : '0';
    for (const other of [token.slice(0, -1), `${token}0`, token.slice(0, -1) + last])
      expect(verdictOf(await api.as(other).get(me))).toBe('401 invalid_api_key');
  });

  it('is nowhere in the database', async () => {
    await api.as(token).post('/admin/v1/tokens', { name: 'x' }, { 'idempotency-key': 'a' });
    for (const table of ['admin_token', 'audit_entry', 'idempotency_record']) {
      const rows = await api.rows.query(`SELECT t::text AS row FROM ${table} t`);
      expect(JSON.stringify(rows)).not.toContain(token);
    }
  });

  it('makes a bootstrap token needless, and the last other token may go', async () => {
    await withoutOperators();
    expect(await issue()).toBeUndefined();
    const { body } = await api.as(token).post('/admin/v1/tokens', { name: 'Only' });
    expect((await api.as(token).delete(`/admin/v1/tokens/${body.id}`)).status).toBe(200);
  });

  it.each(['changeme', 'admin', 'x'.repeat(40), 'change-me-change-me-change-me-change-me'])(
    'that is %s stops the start, which says why and not what it was',
    (weak) => {
      const start = (): unknown =>
        readEnvironment({ DATABASE_URL: 'postgres://a@b/c', ADMIN_TOKEN: weak });
      expect(start).toThrow(/^The environment is not valid:\n {2}ADMIN_TOKEN: \S/);
      expect(start).not.toThrow(weak);
    },
  );
});
