import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../../src/core/admin.js';
import {
  insertMember,
  insertToken,
  startAdminApi,
  type AdminApi,
  type TestOrganization,
} from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';

const tokens = '/admin/v1/tokens';
const me = '/admin/v1/me';

let api: AdminApi;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  api = await startAdminApi({ rowSecurity: false });
  ours = await api.makeOrganization('ours');
  theirs = await api.makeOrganization('theirs');
});
afterAll(() => api.close());

const entry = async (token: string): Promise<string> => verdictOf(await api.as(token).get(me));

/** All tokens of a list, page by page. */
async function allOf(path: string, limit: number): Promise<AdminAnswer['body'][]> {
  const all: AdminAnswer['body'][] = [];
  for (let cursor = ''; ;) {
    const { body } = await api.operator.get(`${path}?limit=${limit}${cursor}`);
    expect(body.data.length).toBeLessThanOrEqual(limit);
    expect(body.has_more).toBe(body.next_cursor !== null);
    all.push(...body.data);
    if (!body.has_more) return all;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

describe('a token of an operator', () => {
  it('is shown once, works, and is only a hash in the database', async () => {
    const { status, body } = await api.operator.post(tokens, { name: 'Ops' });
    expect([status, body]).toEqual([
      201,
      {
        object: 'admin_token',
        id: expect.stringMatching(/^adm_/),
        organization_id: null,
        member_id: null,
        name: 'Ops',
        prefix: body.token.slice(0, 15),
        created_at: expect.any(String),
        expires_at: null,
        token: expect.stringMatching(/^osmadm_[0-9A-Za-z]{46}$/),
      },
    ]);
    expect((await api.as(body.token).get(me)).body).toMatchObject({
      kind: 'operator',
      id: body.id,
    });
    const { body: list } = await api.operator.get(tokens);
    const { token, ...shown } = body;
    expect(list.data).toContainEqual(shown);
    const rows = await api.rows.query('SELECT t::text AS row FROM admin_token t');
    const log = await api.rows.query('SELECT e::text AS row FROM audit_entry e');
    for (const { row } of [...rows, ...log]) expect(row).not.toContain(token.slice(15));
  });

  it('ends when it was said to end', async () => {
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const { body } = await api.operator.post(tokens, { name: 'Short', expires_at });
    expect(body.expires_at).toBe(expires_at);
    expect(await entry(body.token)).toBe('200');
    await api.rows.query(`UPDATE admin_token SET expires_at = now() WHERE id = $1`, [body.id]);
    expect(await entry(body.token)).toBe('403 key_expired');
  });

  it('that is revoked is refused from the answer on, and is there no more', async () => {
    const { body } = await api.operator.post(tokens, { name: 'Gone' });
    const revoked = await api.operator.delete(`${tokens}/${body.id}`);
    expect([revoked.status, revoked.body]).toEqual([
      200,
      { object: 'admin_token', id: body.id, deleted: true },
    ]);
    expect(await entry(body.token)).toBe('401 invalid_api_key');
    const again = await api.operator.delete(`${tokens}/${body.id}`);
    expect(verdictOf(again)).toBe('404 resource_not_found');
    expect((await allOf(tokens, 200)).map(({ id }) => id)).not.toContain(body.id);
    const { body: log } = await api.operator.get(`/admin/v1/audit-log?target_id=${body.id}`);
    expect(log.data.map(({ action }: { action: string }) => action)).toEqual([
      'admin_token.revoke',
      'admin_token.create',
    ]);
  });

  it('is no member’s, nor the other way round', async () => {
    const { tokenId } = ours.members.viewer;
    expect(verdictOf(await api.operator.delete(`${tokens}/${tokenId}`))).toBe(
      '404 resource_not_found',
    );
    expect((await allOf(tokens, 200)).filter(({ member_id }) => member_id !== null)).toEqual([]);
  });

  it('is listed with others, newest first, each once', async () => {
    for (let at = 0; at < 5; at++) await insertToken(api.rows, {});
    const paged = await allOf(tokens, 2);
    const whole = await allOf(tokens, 200);
    expect(paged).toEqual(whole);
    expect(new Set(paged.map(({ id }) => id)).size).toBe(paged.length);
    const times = whole.map(({ created_at }) => created_at);
    expect(times).toEqual([...times].sort().reverse());
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'cursor=x', 'color=red'])(
    'is not listed with ?%s',
    async (query) => {
      const { status, body } = await api.operator.get(`${tokens}?${query}`);
      expect([status, body.error.code, body.error.param]).toEqual([
        400,
        'invalid_parameter',
        query.split('=')[0],
      ]);
    },
  );

  it('may not be the last to go', async () => {
    const own = await startAdminApi();
    try {
      const { body: only } = await own.operator.get(me);
      const refused = await own.operator.delete(`${tokens}/${only.id}`);
      expect(verdictOf(refused)).toBe('409 resource_conflict');
      expect((await own.operator.get(me)).status).toBe(200);
      // Neither one that has expired nor a bootstrap token can stand in.
      await insertToken(own.rows, { expiresAt: new Date(0) });
      await insertToken(own.rows, { kind: 'bootstrap' });
      expect((await own.operator.delete(`${tokens}/${only.id}`)).status).toBe(409);
      const { body: other } = await own.operator.post(tokens, { name: 'Other' });
      const answers = await Promise.all([
        own.operator.delete(`${tokens}/${other.id}`),
        own.as(other.token).delete(`${tokens}/${only.id}`),
      ]);
      expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    } finally {
      await own.close();
    }
  });
});

describe('a token of a member', () => {
  const path = (memberId: string, organization = ours): string =>
    `${organization.path}/members/${memberId}/tokens`;

  it('acts as the member', async () => {
    const { id } = ours.members.developer;
    const { status, body } = await ours.as('owner').post(path(id), { name: 'Laptop' });
    expect([status, body.member_id, body.organization_id]).toEqual([201, id, ours.id]);
    expect((await api.as(body.token).get(me)).body).toMatchObject({
      kind: 'member',
      member_id: id,
      role: 'developer',
    });
  });

  it.each(ROLES)('may be handled by the member, who is %s', async (role) => {
    const { id } = ours.members[role];
    const { status, body } = await ours.as(role).post(path(id), { name: 'Mine' });
    expect(status).toBe(201);
    const { body: list } = await ours.as(role).get(path(id));
    expect(list.data.map((token: { id: string }) => token.id)).toContain(body.id);
    expect((await ours.as(role).delete(`${path(id)}/${body.id}`)).status).toBe(200);
    expect(await entry(body.token)).toBe('401 invalid_api_key');
  });

  it('may be handled by others as their role lets them', async () => {
    const may = (role: Role, target: Role): boolean =>
      role === 'owner' || (role === 'admin' && target !== 'owner');
    for (const role of ROLES) {
      for (const target of ROLES) {
        const { id, token } = await insertMember(api.rows, ours.id, target);
        const tokenId = (await api.as(token).get(me)).body.id;
        const expected = may(role, target) ? [200, 201, 200] : [403, 403, 403];
        const answers = [
          await ours.as(role).get(path(id)),
          await ours.as(role).post(path(id), { name: 'For another' }),
          await ours.as(role).delete(`${path(id)}/${tokenId}`),
        ];
        expect([role, target, ...answers.map(({ status }) => status)]).toEqual([
          ...[role, target],
          ...expected,
        ]);
        expect(await entry(token)).toBe(may(role, target) ? '401 invalid_api_key' : '200');
      }
    }
  });

  it('may be handled by operators', async () => {
    const { id } = ours.members.owner;
    const { body } = await api.operator.post(path(id), { name: 'By an operator' });
    expect((await api.operator.delete(`${path(id)}/${body.id}`)).status).toBe(200);
  });

  it('does not exist under another member or organization', async () => {
    const { id, tokenId, token } = theirs.members.viewer;
    const missing = '404 resource_not_found';
    const owner = ours.as('owner');
    expect(verdictOf(await owner.get(path(id)))).toBe(missing);
    expect(verdictOf(await owner.post(path(id), { name: 'x' }))).toBe(missing);
    expect(verdictOf(await owner.delete(`${path(id)}/${tokenId}`))).toBe(missing);
    expect(verdictOf(await owner.delete(`${path(id, theirs)}/${tokenId}`))).toBe(missing);
    const other = ours.members.billing;
    expect(verdictOf(await owner.delete(`${path(other.id)}/${tokenId}`))).toBe(missing);
    const elsewhere = `${path(ours.members.viewer.id)}/${other.tokenId}`;
    expect(verdictOf(await owner.delete(elsewhere))).toBe(missing);
    expect([await entry(token), await entry(other.token)]).toEqual(['200', '200']);
  });

  it('is not made for a member who was removed', async () => {
    const { id } = await insertMember(api.rows, ours.id, 'viewer');
    await api.rows.query(`UPDATE member SET status = 'removed' WHERE id = $1`, [id]);
    expect(verdictOf(await ours.as('owner').post(path(id), { name: 'x' }))).toBe(
      '404 resource_not_found',
    );
  });
});
