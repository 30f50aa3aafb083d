import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import { insertToken } from '../support/admin.js';
import type { AdminClient } from '../support/admin-caller.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { insertKeyOf } from '../support/rule-keys.js';
import { samplesOf } from './samples/index.js';
import { queryValue } from './samples/queries.js';
import { gapsOf } from './stage/gaps.js';
import { requestOf, send, walkOrder } from './stage/request.js';
import type { CallerKind } from './stage/sample.js';
import { startStage, type SweepStage } from './stage/stage.js';
import type { Route } from './stage/surface.js';
import { makeThings, type Things } from './stage/things.js';

/** Thousands of requests. */
jest.setTimeout(180_000);

let stage: SweepStage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** Whether the route table lets a caller into a route of the caller's own organization. */
function isLetIn({ access }: Route, caller: CallerKind): boolean {
  switch (access.access) {
    case 'public':
      return true;
    case 'actor':
      return true;
    case 'platform':
      return caller === 'operator';
    case 'api_key':
      return caller === 'api_key';
    case 'bootstrap':
    case 'metrics':
      return false;
    case 'organization':
      if (caller === 'operator') return true;
      return caller === 'api_key' ? access.keys === true : access.roles.includes(caller);
  }
}

/** The answer to who may not use a route in their own organization. */
function refusalOf({ access: { access } }: Route): string {
  if (access === 'metrics') return '404 route_not_found';
  return access === 'api_key' || access === 'bootstrap'
    ? '401 invalid_api_key'
    : '403 role_not_allowed';
}

/** Sends every sample of every route; gives the answers that are not what the table says. */
async function walk(caller: CallerKind, client: AdminClient, things: Things): Promise<string[]> {
  const faults: string[] = [];
  for (const route of walkOrder(stage.routes)) {
    const samples = samplesOf(route.name, things);
    const mayEnter = isLetIn(route, caller);
    for (const sample of mayEnter ? samples : samples.slice(0, 1)) {
      const { callers = [caller], status } = sample;
      if (mayEnter && !callers.includes(caller)) continue;
      const { status: told, verdict } = await send(client, requestOf(route, sample, things));
      const isRight = mayEnter ? isExpected(route, told, status) : verdict === refusalOf(route);
      if (!isRight) faults.push(`${route.name} ${JSON.stringify(sample)}: ${verdict}`);
    }
  }
  return faults;
}

/** Of what is public only that it refuses nobody: how healthy this process is, it says itself. */
function isExpected({ access }: Route, status: number, expected: number | undefined): boolean {
  if (access.access === 'public') return status !== 401 && status !== 403;
  return expected === undefined ? status >= 200 && status < 300 : status === expected;
}

describe('every route', () => {
  it('has samples of everything that a client may name', async () => {
    expect(gapsOf(stage.routes, await makeThings(stage))).toEqual([]);
  });

  it.each(ROLES)('lets a member with the role %s in as the table says', async (role) => {
    const things = await makeThings(stage, role);
    expect(await walk(role, things.organization.as(role), things)).toEqual([]);
  });

  it('lets an operator in as the table says', async () => {
    expect(await walk('operator', stage.operator, await makeThings(stage))).toEqual([]);
  });

  it('lets an API key that may make keys in as the table says', async () => {
    const things = await makeThings(stage);
    expect(await walk('api_key', stage.as(things.makerKey), things)).toEqual([]);
  });

  it('takes every filter of its query', async () => {
    const things = await makeThings(stage);
    const faults: string[] = [];
    for (const route of stage.routes.filter(({ path }) => path.startsWith('/admin/'))) {
      const [sample] = samplesOf(route.name, things);
      for (const field of route.fields.filter(({ place }) => place === 'query')) {
        const value = queryValue(field, things);
        if (value === undefined || route.method !== 'GET' || route.name.endsWith('/export'))
          continue;
        const request = requestOf(route, sample, things);
        const answer = await send(stage.operator, {
          ...request,
          query: { ...request.query, [field.path]: value },
        });
        if (answer.status !== 200)
          faults.push(`${route.name}?${field.path}=${value}: ${answer.verdict}`);
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('every route that is not public', () => {
  /** Answers to somebody who should not get in, other than the expected one. */
  async function intrusions(
    clientOf: () => AdminClient,
    expected: (route: Route) => string,
  ): Promise<string[]> {
    const things = await makeThings(stage);
    const faults: string[] = [];
    for (const route of walkOrder(stage.routes)) {
      if (route.access.access === 'public' || route.access.access === 'metrics') continue;
      const [sample] = samplesOf(route.name, things);
      const { verdict } = await send(clientOf(), requestOf(route, sample, things));
      if (verdict !== expected(route)) faults.push(`${route.name}: ${verdict}`);
    }
    return faults;
  }

  it('refuses who sends no token, an unknown one, or one that has ended', async () => {
    const expired = await insertToken(stage.rows, { expiresAt: new Date(0) });
    const unknown = () => '401 invalid_api_key';
    expect(await intrusions(() => stage.as(undefined), unknown)).toEqual([]);
    // Another one each time: who tries often is told something else.
    for (const kind of ['osmadm_', 'osm_'] as const)
      expect(await intrusions(() => stage.as(createKey(kind).key), unknown)).toEqual([]);
    const ended = ({ access: { access } }: Route): string =>
      access === 'api_key' ? '401 invalid_api_key' : '403 key_expired';
    expect(await intrusions(() => stage.as(expired.token), ended)).toEqual([]);
  });

  it('refuses API keys that may not make keys, but for calls', async () => {
    const organization = await stage.makeOrganization();
    const plain = ({ access: { access }, method, params }: Route): string => {
      if (access !== 'api_key') return '401 invalid_api_key';
      if (method === 'POST') return '400 invalid_parameter';
      return params.length > 0 ? '404 model_not_found' : '200';
    };
    // A key is slowed down like a wrong one where it does not belong.
    const keys: string[] = [];
    for (let at = 0; at < stage.routes.length; at++)
      keys.push((await insertKeyOf(stage.rows, organization)).key);
    expect(await intrusions(() => stage.as(keys.pop()), plain)).toEqual([]);
  });

  it('hides an organization from the members and keys of another one', async () => {
    const other = await makeThings(stage);
    const hidden = ({ access: { access }, path }: Route): string => {
      if (access === 'organization') return '404 resource_not_found';
      if (access === 'platform') return '403 role_not_allowed';
      if (access !== 'actor') return '401 invalid_api_key';
      return path === '/admin/v1/me' ? '200' : '404 resource_not_found';
    };
    for (const role of ROLES)
      expect([role, await intrusions(() => other.organization.as(role), hidden)]).toEqual([
        role,
        [],
      ]);
    const ofKey = (route: Route): string => {
      const isCall = route.access.access === 'api_key';
      if (isCall && route.method === 'POST') return '400 invalid_parameter';
      if (isCall) return route.params.length > 0 ? '404 model_not_found' : '200';
      return hidden(route);
    };
    expect(await intrusions(() => stage.as(other.makerKey), ofKey)).toEqual([]);
  });
});
