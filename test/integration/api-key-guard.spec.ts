import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Environment } from '../../src/platform/env.js';
import { AddressRulesService } from '../../src/tenants/access/address-rules.service.js';
import { AuthenticationFailuresService } from '../../src/tenants/access/authentication-failures.service.js';
import { ClientAddressService } from '../../src/tenants/access/client-address.service.js';
import { ApiKeyGuard, principalOf } from '../../src/tenants/keys/api-key.guard.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { verdictOf } from '../support/key-process.js';
import { KeyStage } from '../support/key-stage.js';

let stage: KeyStage;

beforeAll(async () => {
  stage = await KeyStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());
afterEach(() => stage.end());

describe('the guard', () => {
  const contextOf = (headers: IncomingHttpHeaders) => {
    const request = { headers, socket: { remoteAddress: '192.0.2.1' } };
    const context = { switchToHttp: () => ({ getRequest: () => request }) };
    return { request, context: context as unknown as ExecutionContext };
  };
  const makeGuard = () => {
    const addresses = new ClientAddressService(new Environment());
    return new ApiKeyGuard(
      stage.first.keys,
      new AddressRulesService(addresses),
      new AuthenticationFailuresService(addresses),
    );
  };

  it('decides the same whatever header carries the key', async () => {
    const guard = makeGuard();
    const cases: [string, string][] = [
      [(await stage.makeKey()).key, 'ok'],
      [(await stage.makeKey({ status: 'disabled' })).key, '403 key_disabled'],
      [(await stage.makeKey({ status: 'revoked' })).key, '401 invalid_api_key'],
      [(await stage.makeKey({ expiresAt: new Date(0) })).key, '403 key_expired'],
      [createKey('osm_').key, '401 invalid_api_key'],
      [createKey('osmadm_').key, '401 invalid_api_key'],
      ['', '401 invalid_api_key'],
    ];
    for (const [key, expected] of cases) {
      const carriers = [
        { authorization: `Bearer ${key}` },
        { 'x-api-key': key },
        { 'api-key': key },
      ];
      const told = await Promise.all(
        carriers.map((headers) => verdictOf(() => guard.canActivate(contextOf(headers).context))),
      );
      expect(told).toEqual(Array(3).fill(expected));
    }
  });

  it('hands the principal to the route, and to no other request', async () => {
    const { key } = await stage.makeKey();
    const { request, context } = contextOf({ authorization: `Bearer ${key}` });
    await makeGuard().canActivate(context);
    expect(principalOf(request).organizationId).toBe(`org_${stage.tenant}`);
    expect(() => principalOf(contextOf(request.headers).request)).toThrow('ApiKeyGuard');
  });
});
