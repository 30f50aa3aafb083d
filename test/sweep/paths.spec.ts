import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { all } from './stage/all.js';
import { footprintsOf } from './stage/footprint.js';
import { pathOf, requestOf } from './stage/request.js';
import { startStage, type SweepStage } from './stage/stage.js';
import type { Route } from './stage/surface.js';
import { makeThings, type Things } from './stage/things.js';
import { samplesOf } from './samples/index.js';

/** Thousands of requests. */
jest.setTimeout(180_000);

let stage: SweepStage;
let things: Things;
let routes: readonly Route[];
beforeAll(async () => {
  stage = await startStage();
  things = await makeThings(stage);
  routes = stage.routes.filter(({ path }) => path.startsWith('/admin/'));
});
afterAll(() => stage.close());

/** Other ways to write a path, as somebody writes it who hopes that a guard and a router read it differently. */
const WAYS: Readonly<Record<string, (path: string) => string>> = {
  'two slashes first': (path) => `/${path}`,
  'two slashes within': (path) => path.replace('/v1/', '/v1//'),
  'upper case': (path) => path.replace('/admin/', '/ADMIN/'),
  'mixed case below': (path) => path.replace('/v1/', '/V1/'),
  'slash at the end': (path) => `${path}/`,
  'semicolon at the end': (path) => `${path};`,
  'semicolon within': (path) => path.replace('/admin/', '/admin;a=b/'),
  'escaped dot': (path) => path.replace('/admin/', '/%2e/admin/'),
  'dot segments': (path) => path.replace('/admin/', '/v1/../admin/'),
  'escaped dot segments': (path) => path.replace('/admin/', '/v1/%2e%2e/admin/'),
  'escaped slash': (path) => path.replace('/admin/', '/admin%2f'),
  'escaped letter': (path) => path.replace('/admin/', '/%61dmin/'),
  backslash: (path) => path.replace('/admin/', '/admin\\'),
  'public prefix': (path) => `/health/..${path}`,
  'whole URL': (path) => `http://127.0.0.1${path}`,
  fragment: (path) => `${path}#/health`,
  'space at the end': (path) => `${path}%20`,
};

type Headers = Readonly<Record<string, string>>;

/** Status of a request whose path goes out as it is written. */
function statusOf(method: string, path: string, headers: Headers, body?: object): Promise<number> {
  const { hostname, port } = new URL(stage.api.url);
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type =
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const sent = httpRequest(
      { hostname, port, method, path, headers: { ...headers, ...type } },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on('error', reject).end(text);
  });
}

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** Asks every route in every way; gives the answers that are no refusal. */
function openDoors(headers: Headers, isShut: (route: Route) => boolean): Promise<string[]> {
  const tasks = routes.filter(isShut).flatMap((route) => {
    const [sample] = samplesOf(route.name, things);
    const path = pathOf(requestOf(route, sample, things));
    const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
    return Object.entries(WAYS).flatMap(([way, rewrite]) =>
      methods.map((method) => async () => {
        const status = await statusOf(
          method,
          rewrite(path),
          headers,
          method === 'GET' || method === 'HEAD' ? undefined : sample.body,
        );
        return [400, 401, 403, 404, 405].includes(status)
          ? []
          : [`${method} ${route.path}, ${way}: ${status}`];
      }),
    );
  });
  expect(tasks.length).toBeGreaterThan(500);
  return all(tasks);
}

describe('however a path of the admin API is written', () => {
  it('it refuses who has no token', async () => {
    expect(await openDoors({}, () => true)).toEqual([]);
  });

  it('it refuses the owner of another organization, and nothing of this one changes', async () => {
    const other = await makeThings(stage);
    const footprint = await footprintsOf(stage.rows);
    const before = await footprint(things.organization.id);
    const token = other.organization.members.owner.token;
    expect(await openDoors(bearer(token), ({ access }) => access.access !== 'actor')).toEqual([]);
    expect(await footprint(things.organization.id)).toEqual(before);
  });

  it('it refuses a role that may not', async () => {
    const isForbidden = ({ access }: Route): boolean =>
      access.access === 'organization'
        ? !access.roles.includes('viewer')
        : access.access !== 'actor';
    const token = things.organization.members.viewer.token;
    expect(await openDoors(bearer(token), isForbidden)).toEqual([]);
  });
});

describe('a header', () => {
  it('that asks for another method, path or host changes nothing', async () => {
    const footprint = await footprintsOf(stage.rows);
    const before = await footprint(things.organization.id);
    const token = things.organization.members.viewer.token;
    const path = `${things.organization.path}/projects/${things.ids['project_id'] ?? ''}`;
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override'])
      expect([name, await statusOf('GET', path, { ...bearer(token), [name]: 'DELETE' })]).toEqual([
        name,
        200,
      ]);
    expect(await statusOf('GET', `${path}?_method=DELETE`, bearer(token))).toBe(200);
    for (const name of ['x-original-url', 'x-rewrite-url', 'x-forwarded-prefix'])
      expect([name, await statusOf('GET', '/health/live', { [name]: '/admin/v1/me' })]).toEqual([
        name,
        200,
      ]);
    const disguises: readonly Headers[] = [
      { host: 'localhost' },
      { 'x-forwarded-host': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
    ];
    for (const headers of disguises)
      expect(await statusOf('GET', '/admin/v1/organizations', headers)).toBe(401);
    expect(await footprint(things.organization.id)).toEqual(before);
  });

  it('is the only place where a token counts: not the query, not a cookie', async () => {
    const token = stage.api.operatorToken;
    for (const name of ['token', 'key', 'api_key', 'access_token', 'authorization'])
      expect([name, await statusOf('GET', `/admin/v1/organizations?${name}=${token}`, {})]).toEqual(
        [name, 401],
      );
    expect(await statusOf('GET', '/admin/v1/organizations', { cookie: `token=${token}` })).toBe(
      401,
    );
    expect(
      await statusOf('GET', '/admin/v1/organizations', {
        authorization: `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`,
      }),
    ).toBe(401);
  });
});
