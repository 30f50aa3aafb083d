import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  insertToken,
  startAdminApi,
  type AdminApi,
  type TestOrganization,
} from '../support/admin.js';
import { AdminClient, verdictOf } from '../support/admin-caller.js';

let api: AdminApi;
let ours: TestOrganization;

beforeAll(async () => {
  api = await startAdminApi();
  ours = await api.makeOrganization('ours');
});
afterAll(() => api.close());

describe('however a path is written', () => {
  let address = 0;

  /** As `fetch`, but the path goes out as it is written. */
  const status = (
    method: string,
    path: string,
    token: string,
    headers: Record<string, string> = {},
  ): Promise<number | undefined> => {
    const { hostname, port } = new URL(api.url);
    const authorization = `Bearer ${token}`;
    const origin = { authorization, 'x-forwarded-for': `192.0.2.${address++}` };
    return new Promise((resolve, reject) => {
      const options = { hostname, port, method, path, headers: { ...origin, ...headers } };
      send(options, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      })
        .once('error', reject)
        .end();
    });
  };

  it.each([
    ['as it is', (path: string) => path],
    ['with a slash at the end', (path: string) => `${path}/`],
    ['in upper case', (path: string) => path.replace('/admin/v1/tokens', '/ADMIN/V1/TOKENS')],
    ['with two slashes at the start', (path: string) => `/${path}`],
    ['with two slashes inside', (path: string) => path.replace('/v1', '//v1')],
    ['with an escaped dot', (path: string) => path.replace('/v1', '/%2e/v1')],
    ['with escaped dots that lead up', (path: string) => path.replace('/v1', '/x/%2e%2e/v1')],
    ['with dots', (path: string) => path.replace('/v1', '/./v1')],
    ['with dots that lead up from what is public', (path: string) => `/health/..${path}`],
    ['with an escaped letter', (path: string) => path.replace('admin', '%61dmin')],
    ['with an escaped slash', (path: string) => path.replace('admin/', 'admin%2f')],
    ['with a parameter', (path: string) => `${path};a=b`],
    ['with a query', (path: string) => `${path}?limit=1`],
    ['with a fragment', (path: string) => `${path}#/health`],
  ])('%s, it leads to the same decision or nowhere', async (_name, write) => {
    const path = write('/admin/v1/tokens');
    for (const method of ['GET', 'HEAD']) {
      const forOperator = await status(method, path, api.operatorToken);
      const isRouted = forOperator === 200;
      expect([200, 404]).toContain(forOperator);
      expect(await status(method, path, ours.members.owner.token)).toBe(isRouted ? 403 : 404);
      expect(await status(method, path, `wrong-${address}`)).toBe(isRouted ? 401 : 404);
    }
  });

  it('as a whole URL, it leads nowhere', async () => {
    const path = 'http://localhost/admin/v1/tokens';
    for (const token of [api.operatorToken, ours.members.owner.token, `wrong-${address}`])
      expect(await status('GET', path, token)).toBe(400);
  });

  it('the forms that Express takes are looked at above', async () => {
    for (const path of ['/admin/v1/tokens/', '/ADMIN/v1/Tokens', '/admin/v1/tokens?limit=1'])
      expect(await status('HEAD', path, api.operatorToken)).toBe(200);
  });

  it('no header changes the method', async () => {
    const override = { 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE' };
    const { tokenId, token } = await insertToken(api.rows, {});
    const path = `/admin/v1/tokens/${tokenId}`;
    expect(await status('GET', path, api.operatorToken, override)).toBe(405);
    expect((await api.as(token).get('/admin/v1/me')).status).toBe(200);
  });
});

describe('a body that is', () => {
  const post = (client: AdminClient, body: unknown, headers = {}) =>
    client.post('/admin/v1/tokens', body, headers);

  it.each([
    ['missing', undefined, '400 invalid_parameter', 'name'],
    ['no JSON', '{', '400 invalid_json', null],
    ['no object', '[]', '400 invalid_json', null],
    ['without a text where one must be', { name: 5 }, '400 invalid_parameter', 'name'],
    ['one field too long', { name: 'a', role: 'x' }, '400 invalid_parameter', 'role'],
    ['not all printable', { name: 'a\r\nb' }, '400 invalid_parameter', 'name'],
    [
      'longer in a field than it may be',
      { name: 'a'.repeat(101) },
      '400 invalid_parameter',
      'name',
    ],
    ['out for a prototype', '{"name":"a","__proto__":{}}', '400 invalid_parameter', '__proto__'],
    [
      'over before it begins',
      { name: 'a', expires_at: '2020-01-01' },
      '400 invalid_parameter',
      'expires_at',
    ],
    [
      'without a date where one must be',
      { name: 'a', expires_at: 'soon' },
      '400 invalid_parameter',
      'expires_at',
    ],
  ])('%s is refused, and the field named', async (_name, body, verdict, param) => {
    const answer = await post(api.operator, body);
    expect([verdictOf(answer), answer.body.error.param]).toEqual([verdict, param]);
  });

  it('larger than 1 MiB is refused', async () => {
    const answer = await post(api.operator, { name: 'a'.repeat(1024 * 1024) });
    expect(verdictOf(answer)).toBe('413 request_too_large');
  });

  it('no JSON by its type is refused', async () => {
    const answer = await post(api.operator, 'name=a', { 'content-type': 'text/plain' });
    expect(verdictOf(answer)).toBe('415 unsupported_media_type');
  });

  it('a stranger’s is not looked at', async () => {
    expect(verdictOf(await post(api.as('osmadm_wrong'), '{'))).toBe('401 invalid_api_key');
    expect(verdictOf(await post(ours.as('owner'), '{'))).toBe('403 role_not_allowed');
  });
});
