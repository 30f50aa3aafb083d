import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  GIVEN_TOKEN,
  startFormTokenServer,
  type FormTokenServer,
} from '../../../test/support/form-token-server.js';
import { makeTarget } from '../../../test/support/target.js';
import type { AuthStyle } from '../../core/provider.js';
import { Environment } from '../../platform/env.js';
import { AccessTokenService } from './access-token.service.js';

const SECRET = 'an-api-key-of-ibm-cloud+/=';
const JSON_WEB_TOKEN = 'eyJhbGciOiJub25lIn0.eyJpYW1faWQiOiJ1In0.c2ln';

let server: FormTokenServer;
let tokens: AccessTokenService;

beforeAll(async () => {
  server = await startFormTokenServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.questions.length = 0;
  server.answer = GIVEN_TOKEN;
  tokens = new AccessTokenService(
    Object.assign(new Environment(), {
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      WATSONX_AI_AUTH_URL: server.url,
    }),
  );
});
afterEach(() => tokens.onApplicationShutdown());

function holder(secret: string, auth: AuthStyle = { kind: 'ibm' }) {
  const { provider, credential } = makeTarget({ provider: { auth } });
  return { provider, credential: { ...credential, secret } };
}

describe('an access token of IBM Cloud', () => {
  it('is asked for by the API key, once for all who wait', async () => {
    const waiting = Array.from({ length: 20 }, async () => tokens.of(holder(SECRET)));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['token-1']));
    expect(tokens.of(holder(SECRET))).toBe('token-1');
    const grant_type = 'urn:ibm:params:oauth:grant-type:apikey';
    const form = { grant_type, apikey: SECRET };
    expect(server.questions).toEqual([{ path: '/identity/token', form }]);
  });

  it('is not asked for where the secret is one, or goes out as it is', () => {
    expect(tokens.of(holder(JSON_WEB_TOKEN))).toBeUndefined();
    expect(tokens.of(holder(SECRET, { kind: 'bearer' }))).toBeUndefined();
    expect(server.questions).toEqual([]);
  });

  it('that is not given is upstream_auth_failed, in IBM’s words', async () => {
    const errorMessage = 'Provided API key could not be found.';
    const body = JSON.stringify({ errorCode: 'BXNIM0415E', errorMessage, context: {} });
    server.answer = { status: 400, body };
    await expect(tokens.of(holder(SECRET))).rejects.toMatchObject({
      code: 'upstream_auth_failed',
      detail: `IBM Cloud IAM gave no access token: 400 BXNIM0415E: ${errorMessage}`,
    });
  });

  it('is none that another style of authentication has for the same secret', async () => {
    expect(await tokens.of(holder(SECRET))).toBe('token-1');
    expect(tokens.of(holder(SECRET, { kind: 'google' }))).toBeUndefined();
    tokens.refused(holder(SECRET, { kind: 'none' }));
    expect(tokens.of(holder(SECRET))).toBe('token-1');
  });

  it('is by default asked for at IBM Cloud', () => {
    expect(new Environment().WATSONX_AI_AUTH_URL).toBe('https://iam.cloud.ibm.com');
  });
});
