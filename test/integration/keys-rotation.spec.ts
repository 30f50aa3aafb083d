import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeyService } from '../../src/tenants/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { insertKeyOf, verdictOf as verdictOn } from '../support/key-process.js';
import { until } from '../support/tenant.js';
import { expectRefusals } from '../support/wrong-fields.js';

const FUTURE = '2040-01-01T00:00:00.000Z';

let api: AdminApi;
let organization: TestOrganization;
/** `/admin/v1/organizations/<id>/keys` */
let all: string;
beforeAll(async () => {
  api = await startAdminApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  organization = await api.makeOrganization();
  all = `${organization.path}/keys`;
});

const judge = (key: string) => verdictOn(() => api.app.get(ApiKeyService).authenticate(key));
const rotate = (id: string, body?: unknown) =>
  organization.as('developer').post(`${all}/${id}/rotate`, body);

describe('POST …/keys/:key_id/rotate', () => {
  it('makes a key that is like the old one, which ends at once', async () => {
    const { id: parentId } = await insertKeyOf(api.rows, organization, { mayCreateKeys: true });
    const old = await insertKeyOf(api.rows, organization, {
      parentId,
      memberId: organization.members.viewer.id,
      expiresAt: new Date(FUTURE),
      mayCreateKeys: true,
    });
    expect(await judge(old.key)).toBe('ok');
    const { status, body } = await rotate(old.id);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      object: 'api_key',
      name: 'k',
      project_id: organization.projectId,
      member_id: organization.members.viewer.id,
      parent_id: parentId,
      expires_at: FUTURE,
      may_create_keys: true,
      status: 'active',
      key: expect.stringMatching(/^osm_/),
      replaces: { id: old.id, status: 'revoked', rotated_to_id: body.id, version: 2 },
    });
    expect([await judge(old.key), await judge(body.key)]).toEqual(['401 invalid_api_key', 'ok']);
  });

  it('with an overlap both are good until it is over', async () => {
    const old = await insertKeyOf(api.rows, organization);
    const { body } = await rotate(old.id, { overlap_seconds: 1 });
    expect(body.replaces).toMatchObject({ status: 'active', rotated_to_id: body.id });
    expect([await judge(old.key), await judge(body.key)]).toEqual(['ok', 'ok']);
    await until(async () => (await judge(old.key)) === '403 key_expired', 'the end of the overlap');
    expect(await judge(body.key)).toBe('ok');
  });

  it('an overlap does not put off the end that there was', async () => {
    const old = await insertKeyOf(api.rows, organization, {
      expiresAt: new Date(Date.now() + 60_000),
    });
    const { body: before } = await organization.as('owner').get(`${all}/${old.id}`);
    const { body } = await rotate(old.id, { overlap_seconds: 604_800 });
    expect(body.replaces.expires_at).toBe(before.expires_at);
    expect(body.expires_at).toBe(before.expires_at);
  });

  it('what it made ends with it', async () => {
    const old = await insertKeyOf(api.rows, organization, { mayCreateKeys: true });
    const child = await insertKeyOf(api.rows, organization, { parentId: old.id });
    expect(await judge(child.key)).toBe('ok');
    await rotate(old.id);
    expect(await judge(child.key)).toBe('403 key_disabled');
  });

  it('takes its rules along, and no others', async () => {
    const old = await insertKeyOf(api.rows, organization);
    const bystander = await insertKeyOf(api.rows, organization);
    for (const [scopeId, range] of [
      [old.id, '192.0.2.0/24'],
      [old.id, '198.51.100.7'],
      [bystander.id, '203.0.113.1'],
    ] as const) {
      const rule = { effect: 'deny', kind: 'ip', subject: { ranges: [range] }, note: range };
      const place = { scope: 'api_key', scope_id: scopeId };
      const { status } = await organization
        .as('owner')
        .post(`${organization.path}/rules`, { ...place, ...rule });
      expect(status).toBe(201);
    }
    const { body } = await rotate(old.id);
    const rulesOf = async (id: string) =>
      await api.rows.query(
        `SELECT effect, kind, subject, note FROM rule WHERE scope = 'api_key' AND scope_id = $1 ORDER BY note`,
        [id],
      );
    expect(await rulesOf(body.id)).toEqual([
      ...['192.0.2.0/24', '198.51.100.7'].map((range) => ({
        effect: 'deny',
        kind: 'ip',
        subject: { ranges: [range] },
        note: range,
      })),
    ]);
    expect(await rulesOf(old.id)).toHaveLength(2);
    const principal = await api.app.get(ApiKeyService).authenticate(body.key);
    expect(principal.rules.boundsAddresses).toBe(true);
  });

  it.each([
    ['disabled', { status: 'disabled' }],
    ['revoked', { status: 'revoked' }],
    ['expired', { expiresAt: new Date(0) }],
  ])('not one that is %s', async (_, more) => {
    const old = await insertKeyOf(api.rows, organization, more);
    expect(verdictOf(await rotate(old.id))).toBe('409 resource_conflict');
  });

  it('a key has one successor, also where two ask at once', async () => {
    const old = await insertKeyOf(api.rows, organization);
    const answers = await Promise.all([1, 2].map(() => rotate(old.id, { overlap_seconds: 60 })));
    expect(answers.map(verdictOf).sort()).toEqual(['201', '409 resource_conflict']);
  });

  it('the end of the overlap can be brought forward, not put off', async () => {
    const old = await insertKeyOf(api.rows, organization);
    await rotate(old.id, { overlap_seconds: 3_600 });
    const set = (expires_at: string | null) =>
      organization.as('owner').patch(`${all}/${old.id}`, { expires_at });
    for (const late of [FUTURE, null]) {
      const { status, body } = await set(late);
      expect([status, body.error.param]).toEqual([409, 'expires_at']);
    }
    const sooner = new Date(Date.now() + 60_000).toISOString();
    expect((await set(sooner)).body.expires_at).toBe(sooner);
  });

  it('refuses what is wrong, naming the field', async () => {
    const { id } = await insertKeyOf(api.rows, organization);
    await expectRefusals(organization.as('owner'), {
      method: 'POST',
      path: `${all}/${id}/rotate`,
      right: {},
      wrong: {
        overlap_seconds: [-1, 604_801, 1.5, '60', null, true, {}],
        expires_at: [FUTURE],
        name: ['x'],
      },
    });
    expect((await organization.as('owner').get(`${all}/${id}`)).body.version).toBe(1);
  });

  it('is in the audit log, without the key', async () => {
    const old = await insertKeyOf(api.rows, organization);
    const { body } = await rotate(old.id);
    const log = await organization.as('owner').get(`${organization.path}/audit-log`);
    expect(log.body.data.map(({ action }: { action: string }) => action).sort()).toEqual([
      'api_key.create',
      'api_key.rotate',
    ]);
    expect(JSON.stringify(log.body)).not.toContain(body.key);
  });
});
