import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import type { HotLaneAdapter } from '../../src/platform/http/hot-lane.adapter.js';
import { PUBLIC, type RouteAccess } from '../../src/tenants/access/route-access.js';
import { ROUTES } from '../../src/tenants/access/route-table.js';
import { refuseUnknownRoutes } from '../../src/tenants/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';

const table = ROUTES as Record<string, RouteAccess>;

let api: AdminApi;
beforeAll(async () => {
  api = await startAdminApi({ modules: [AppModule] });
});
afterAll(() => api.close());
afterEach(() => {
  delete table['GET /admin/v1/forgotten'];
  delete table['GET /public'];
});

const adapterOf = ({ app }: AdminApi): HotLaneAdapter => app.getHttpAdapter() as HotLaneAdapter;
const check = (): void => refuseUnknownRoutes(api.app, adapterOf(api).routes());

describe('the route table', () => {
  it('has the routes of the whole gateway, each with its guard, and no other', () => {
    expect(check).not.toThrow();
  });

  it('is sorted by path', () => {
    const paths = Object.keys(ROUTES).map((route) => route.split(' ')[1] ?? '');
    expect(paths).toEqual(paths.toSorted());
  });

  it('names every path parameter in snake_case', () => {
    const names = Object.keys(ROUTES).flatMap((route) => route.match(/:\w+/g) ?? []);
    for (const name of names) expect(name).toMatch(/^:[a-z]+(_[a-z]+)*$/);
  });

  it('may not name a route that there is not', () => {
    table['GET /admin/v1/forgotten'] = PUBLIC;
    expect(check).toThrow('GET /admin/v1/forgotten is in the table, but there is no such route');
  });

  it.each([
    ['GET /metrics', { access: 'platform' }, 'GET /metrics has no guard for "platform"'],
    ['GET /admin/v1/me', { access: 'api_key' }, 'GET /admin/v1/me has no guard for "api_key"'],
    ['GET /v1/models', { access: 'actor' }, 'GET /v1/models has no guard for "actor"'],
  ] as const)('may not say of %s that it is %j if its guard is another', (route, access, line) => {
    const { [route]: before } = table;
    table[route] = access;
    try {
      expect(check).toThrow(line);
    } finally {
      if (before) table[route] = before;
    }
  });

  it('must know the hot lane', () => {
    const adapter = adapterOf(api);
    expect(adapter.routes()).toContain('POST /v1/chat/completions');
    adapter.open('POST', '/v1/secret', async () => undefined);
    expect(check).toThrow('POST /v1/secret is not in the table');
  });

  it('must know what Express got past Nest', () => {
    api.app.getHttpAdapter().get('/public', () => undefined);
    expect(check).toThrow('GET /public is not in the table');
    table['GET /public'] = PUBLIC;
    expect(check).not.toThrow('/public');
    table['GET /public'] = { access: 'platform' };
    expect(check).toThrow('GET /public has no guard for "platform"');
  });
});
