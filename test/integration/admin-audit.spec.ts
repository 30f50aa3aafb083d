import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { connect, type Rows } from '../support/tenant.js';

interface Entry {
  readonly id: string;
  readonly organization_id: string | null;
  readonly actor_id: string;
  readonly action: string;
  readonly target_id: string;
  readonly at: string;
}

const platform = '/admin/v1/audit-log';

let api: AdminApi;
let ours: TestOrganization;
let theirs: TestOrganization;
/** Ids of what was made, in the order of time. */
let made: string[];

async function makeToken(organization: TestOrganization): Promise<string> {
  const { id } = organization.members.viewer;
  const { body } = await organization
    .as('owner')
    .post(`${organization.path}/members/${id}/tokens`, { name: 'A token' });
  return String(body.id);
}

beforeAll(async () => {
  api = await startAdminApi({ rowSecurity: false });
  ours = await api.makeOrganization('ours');
  theirs = await api.makeOrganization('theirs');
  made = [];
  for (let at = 0; at < 5; at++) made.push(await makeToken(ours));
  await makeToken(theirs);
  await api.operator.post('/admin/v1/tokens', { name: 'Of the platform' });
});
afterAll(() => api.close());

async function entries(path: string, query = ''): Promise<Entry[]> {
  const { status, body } = await api.operator.get(`${path}?limit=200&${query}`);
  expect(status).toBe(200);
  return body.data as Entry[];
}

describe('the audit log of an organization', () => {
  const path = (): string => `${ours.path}/audit-log`;

  it('has its own changes, newest first', async () => {
    const log = await entries(path());
    expect(log.map((entry) => entry.target_id)).toEqual(made.toReversed());
    expect(new Set(log.map((entry) => entry.organization_id))).toEqual(new Set([ours.id]));
    expect(new Set(log.map((entry) => entry.actor_id))).toEqual(
      new Set([ours.members.owner.tokenId]),
    );
  });

  it('comes page by page, each entry once', async () => {
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await api.operator.get(`${path()}?limit=2${cursor}`);
      ids.push(...(body.data as Entry[]).map(({ id }) => id));
      if (!body.has_more) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(ids).toEqual((await entries(path())).map(({ id }) => id));
  });

  it('filters by each of its fields', async () => {
    const count = async (query: string): Promise<number> => (await entries(path(), query)).length;
    const [newest] = await entries(path());
    expect(await count(`actor_id=${ours.members.owner.tokenId}`)).toBe(5);
    expect(await count(`actor_id=${ours.members.admin.tokenId}`)).toBe(0);
    expect(await count('action=admin_token.create')).toBe(5);
    expect(await count('action=admin_token.revoke')).toBe(0);
    expect(await count(`target_id=${made[2]}`)).toBe(1);
    expect(await count('since=2020-01-01&until=2020-01-02')).toBe(0);
    expect(await count(`since=${newest?.at}`)).toBeGreaterThanOrEqual(1);
    expect(await count(`until=${newest?.at}`)).toBeLessThanOrEqual(4);
  });

  it.each([
    ['organization_id=org_1', 'organization_id'],
    ['since=yesterday', 'since'],
    ['since=2026-01-01T09:30:00', 'since'],
    ['until=%2B275760-09-13', 'until'],
    [`action=${'a'.repeat(101)}`, 'action'],
    ['actor_id=a&actor_id=b', 'actor_id'],
    [
      `cursor=${Buffer.from('["-200000-01-01T00:00:00.000Z","a"]').toString('base64url')}`,
      'cursor',
    ],
  ])('refuses ?%s', async (query, param) => {
    const { status, body } = await api.operator.get(`${path()}?${query}`);
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', param]);
  });
});

describe('the audit log of the platform', () => {
  it('has the changes of all', async () => {
    const organizations = (await entries(platform)).map((entry) => entry.organization_id);
    expect(new Set(organizations)).toEqual(new Set([ours.id, theirs.id, null]));
    expect(organizations).toHaveLength(7);
  });

  it('can be asked for one organization', async () => {
    const log = await entries(platform, `organization_id=${theirs.id}`);
    expect(log.map((entry) => entry.organization_id)).toEqual([theirs.id]);
  });
});

describe('what was done', () => {
  let gateway: Rows;
  beforeAll(() => {
    gateway = connect(api.databaseUrl);
  });
  afterAll(() => gateway.close());

  it.each([
    `UPDATE audit_entry SET action = 'nothing'`,
    'DELETE FROM audit_entry',
    'TRUNCATE audit_entry',
  ])('stays on record: %s', async (statement) => {
    await expect(api.rows.query(statement)).rejects.toThrow();
    await gateway.query(`SELECT set_config('osm.organization', '*', false)`);
    await expect(gateway.query(statement)).rejects.toThrow();
    expect(await entries(platform)).toHaveLength(7);
  });
});
