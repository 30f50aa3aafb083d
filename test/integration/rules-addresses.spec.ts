import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestOrganization } from '../support/admin.js';
import { insertKeyOf, type TestKey } from '../support/rule-keys.js';
import { startRulesGateway, type RulesGateway } from '../support/rules-gateway.js';

const OFFICE = '203.0.113.0/24';
const REFUSED = '403 ip_not_allowed';

/** This machine is the proxy that is trusted, see `startAdminApi`. */
let gateway: RulesGateway;
let ours: TestOrganization;
let key: TestKey;

beforeAll(async () => {
  gateway = await startRulesGateway();
  ours = await gateway.api.makeOrganization();
  key = await insertKeyOf(gateway.api.rows, ours, { mayCreateKeys: true });
  await put(ours.path, { scope: 'organization', scope_id: ours.id }, 'allow', OFFICE);
  await put(ours.path, { scope: 'api_key', scope_id: key.id }, 'deny', '203.0.113.66');
});
afterAll(() => gateway.close());

async function put(path: string, place: object, effect: string, range: string): Promise<void> {
  const rule = { ...place, effect, kind: 'ip', subject: { ranges: [range] } };
  const { status } = await gateway.api.operator.post(`${path}/rules`, rule);
  expect(status).toBe(201);
}

/** Status and code of GET /v1/models with the key. */
async function list(headers: Record<string, string>): Promise<string> {
  const response = await fetch(`${gateway.api.url}/v1/models`, {
    headers: { authorization: `Bearer ${key.key}`, ...headers },
  });
  const body = (await response.json()) as { error?: { code: string } };
  return body.error ? `${response.status} ${body.error.code}` : String(response.status);
}

const from = (forwarded: string): Record<string, string> => ({ 'x-forwarded-for': forwarded });

describe('a key that is bound to addresses', () => {
  it.each([
    ['from the office', '203.0.113.7', '200'],
    ['from the office in IPv6 clothes', '::ffff:203.0.113.7', '200'],
    ['from elsewhere', '198.51.100.1', REFUSED],
    ['from an address that is denied', '203.0.113.66', REFUSED],
    ['from IPv6', '2001:db8::7', REFUSED],
    ['from elsewhere, with a forged header before it', '203.0.113.7, 198.51.100.1', REFUSED],
    ['from the office, with a forged header before it', '198.51.100.1, 203.0.113.7', '200'],
    ['from behind a proxy that says nothing of worth', 'unknown', REFUSED],
    ['from this machine itself', '127.0.0.1', REFUSED],
  ])('%s', async (_what, forwarded, expected) => {
    expect(await list(from(forwarded))).toBe(expected);
  });

  it('without X-Forwarded-For, it comes from the socket’s address', async () => {
    expect(await list({})).toBe(REFUSED);
  });

  it('no other header stands for an address', async () => {
    for (const name of ['x-real-ip', 'forwarded', 'x-client-ip', 'cf-connecting-ip'])
      expect(await list({ ...from('198.51.100.1'), [name]: '203.0.113.7' })).toBe(REFUSED);
  });

  it('is refused before anything else is looked at', async () => {
    const elsewhere = { headers: from('198.51.100.1') };
    for (const model of ['alpha', 'nothing', ''])
      expect(await gateway.chat(key.key, model, elsewhere)).toBe(REFUSED);
    expect(await gateway.chat(key.key, 'nothing', { headers: from('203.0.113.7') })).toBe(
      '404 model_not_found',
    );
  });

  it('but not before the key itself', async () => {
    expect(await gateway.chat('osm_wrong', 'alpha', { headers: from('198.51.100.1') })).toBe(
      '401 invalid_api_key',
    );
  });

  it('is told from where it came and who refuses it', async () => {
    const response = await fetch(`${gateway.api.url}/v1/models`, {
      headers: { 'x-api-key': key.key, ...from('203.0.113.66') },
    });
    expect(await response.json()).toEqual({
      error: {
        message:
          'This key may not be used from 203.0.113.66: by the rules of the key the address is denied.',
        type: 'permission_error',
        param: null,
        code: 'ip_not_allowed',
      },
    });
  });

  it('is bound for the admin API as well', async () => {
    const path = `${ours.path}/rules?scope_id=${key.id}`;
    const client = gateway.api.as(key.key);
    expect((await client.get(path, from('198.51.100.1'))).body.error.code).toBe('ip_not_allowed');
    expect((await client.get(path, from('203.0.113.7'))).body.error.code).toBe(
      'resource_not_found',
    );
  });

  it('binds no member of the organization', async () => {
    expect((await ours.as('viewer').get(`${ours.path}/rules`, from('198.51.100.1'))).status).toBe(
      200,
    );
  });
});
