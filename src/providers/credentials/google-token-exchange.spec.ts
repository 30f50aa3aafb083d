import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import {
  GOOD_ANSWER,
  startTokenServer,
  type TokenServer,
} from '../../../test/support/token-server.js';
import { GatewayError } from '../../core/errors.js';
import type { AuthStyle } from '../../core/provider.js';
import { Environment } from '../../platform/env.js';
import { AccessTokenService } from './access-token.service.js';

let server: TokenServer;
let tokens: AccessTokenService;

const serviceWith = (settings: Partial<Environment>): AccessTokenService =>
  new AccessTokenService(Object.assign(new Environment(), settings));

beforeAll(async () => {
  server = await startTokenServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.assertions.length = 0;
  server.answer = GOOD_ANSWER;
  tokens = serviceWith({ ALLOW_PRIVATE_UPSTREAMS: 'true' });
});
afterEach(() => tokens.onApplicationShutdown());

function holder(secret: string, auth: AuthStyle = { kind: 'google' }) {
  const { provider, credential } = makeTarget({ provider: { auth } });
  return { provider, credential: { ...credential, secret } };
}

/** What the log says of the failure to get a token. */
async function failureOf(secret: string): Promise<string> {
  const outcome: unknown = await Promise.resolve(tokens.of(holder(secret))).catch(
    (error: unknown) => error,
  );
  if (!(outcome instanceof GatewayError)) return `no failure: ${String(outcome)}`;
  return `${outcome.code}: ${outcome.detail ?? ''}`;
}

const changed = (more: object): string =>
  JSON.stringify({ ...(JSON.parse(server.key) as object), ...more });

describe('an access token of Google', () => {
  it('is asked for by an assertion that the account has signed', async () => {
    const before = Math.floor(Date.now() / 1_000);
    expect(await tokens.of(holder(server.key))).toBe('ya29.token-1');
    const [assertion] = server.assertions;
    expect(assertion?.protectedHeader).toEqual({
      alg: 'RS256',
      typ: 'JWT',
      kid: 'a1b2c3d4e5f64836',
    });
    const { iat = 0, exp = 0, ...claims } = assertion?.payload ?? {};
    expect(claims).toEqual({
      iss: 'gateway@our-project.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: server.tokenUrl,
    });
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(exp - iat).toBe(3_600);
  });

  it('is asked for once, however many wait, and is then in hand', async () => {
    const waiting = Array.from({ length: 50 }, async () => tokens.of(holder(server.key)));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['ya29.token-1']));
    expect(tokens.of(holder(server.key))).toBe('ya29.token-1');
    expect(server.assertions).toHaveLength(1);
  });

  it('is not asked for where the secret is one, or goes out as it is', () => {
    expect(tokens.of(holder('ya29.ours'))).toBeUndefined();
    expect(tokens.of(holder(server.key, { kind: 'bearer' }))).toBeUndefined();
    expect(server.assertions).toEqual([]);
  });

  it.each([
    [
      400,
      '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}',
      '400 invalid_grant: Invalid JWT Signature.',
    ],
    [503, 'not JSON', '503 '],
    [200, 'not JSON', 'its answer has no token'],
    [200, '{"access_token":"two\\r\\nlines","expires_in":5}', 'its answer has no token'],
    [200, '{"access_token":"t"}', 'its token has no end'],
    [200, '{"access_token":"t","expires_in":0}', 'its token has no end'],
  ])('that is not given is upstream_auth_failed: %i %s', async (status, body, reason) => {
    server.answer = { status, body };
    const said = 'upstream_auth_failed: Google’s token server gave no access token: ';
    expect(await failureOf(server.key)).toBe(said + reason);
  });

  it('that cannot be asked for is upstream_auth_failed', async () => {
    const gone = await startTokenServer();
    await gone.close();
    expect(await failureOf(gone.key)).toMatch(/^upstream_auth_failed: .*ECONNREFUSED/);
    expect(await failureOf(changed({ private_key: 'canary' }))).toBe(
      'upstream_auth_failed: the private key of the service account cannot be used',
    );
  });

  it('is asked for on no private address unless that is allowed', async () => {
    await tokens.onApplicationShutdown();
    tokens = serviceWith({});
    expect(await failureOf(server.key)).toContain('not Google’s');
    expect(server.assertions).toEqual([]);
  });
});
