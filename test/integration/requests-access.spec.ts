import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { idsOf, startWithSixRequests } from '../support/requests-api.js';

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;

beforeAll(async () => {
  ({ api, a, b } = await startWithSixRequests());
});
afterAll(() => api.close());

describe('the requests of all organizations', () => {
  it('are for operators, who may narrow them', async () => {
    const path = '/admin/v1/requests';
    expect(await idsOf(api.operator, path)).toEqual(['a3', 'a2', 'b1', 'a1', 'a4']);
    expect(await idsOf(api.operator, `${path}?organization_id=${b.id}`)).toEqual(['b1']);
    expect(await idsOf(api.operator, `${path}?source=app`)).toEqual(['a2', 'b1']);
    expect((await api.operator.get(`${path}/b1`)).body.organization_id).toBe(b.id);
    expect(verdictOf(await api.operator.get(`${path}/x`))).toBe('404 resource_not_found');
    expect(verdictOf(await a.as('owner').get(path))).toBe('403 role_not_allowed');
    expect(verdictOf(await a.as('owner').get(`${path}/a1`))).toBe('403 role_not_allowed');
  });
});

describe('who may read', () => {
  it('is as the roles say', async () => {
    const verdicts = async (path: string) =>
      Promise.all(
        (['owner', 'admin', 'developer', 'billing', 'viewer'] as const).map(async (role) => {
          const { status } = await a.as(role).get(`${a.path}${path}`);
          return status;
        }),
      );
    expect(await verdicts('/requests')).toEqual([200, 200, 200, 200, 200]);
    expect(await verdicts('/requests/a1')).toEqual([200, 200, 200, 200, 200]);
    expect(await verdicts('/requests/a1/body')).toEqual([404, 404, 404, 403, 403]);
    expect(await verdicts('/usage?group_by=key')).toEqual([200, 200, 403, 200, 200]);
  });

  it('is nobody of another organization', async () => {
    for (const path of [
      '/requests',
      '/requests/a1',
      '/requests/a1/body',
      '/requests/export',
      '/usage',
    ])
      expect(verdictOf(await b.as('owner').get(`${a.path}${path}`))).toBe('404 resource_not_found');
  });
});
