import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../core/errors.js';
import { assertionOf, isServiceAccount, readServiceAccount } from './service-account.js';

const GOOGLE = 'https://oauth2.googleapis.com/token';
const KEY = {
  type: 'service_account',
  project_id: 'p',
  private_key_id: 'k-1',
  private_key: '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n',
  client_email: 'gateway@p.iam.gserviceaccount.com',
  token_uri: GOOGLE,
};
const textOf = (more: object = {}): string => JSON.stringify({ ...KEY, ...more }, undefined, 2);

function detailOf(secret: string, allowLoopback = false): string | undefined {
  try {
    readServiceAccount(secret, allowLoopback);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'upstream_auth_failed') return error.detail;
    throw error;
  }
  return undefined;
}

describe('the key of a service account', () => {
  it('is told from an access token', () => {
    expect([textOf(), ` \n${textOf()}`, 'ya29.token', ''].map(isServiceAccount)).toEqual([
      ...[true, true, false, false],
    ]);
  });

  it('says who signs, with what, and for whom', () => {
    expect(readServiceAccount(textOf(), false)).toEqual({
      email: KEY.client_email,
      privateKey: KEY.private_key,
      keyId: 'k-1',
      tokenUrl: GOOGLE,
    });
    const bare = textOf({ token_uri: undefined, private_key_id: undefined });
    expect(readServiceAccount(bare, false)).toMatchObject({ tokenUrl: GOOGLE, keyId: undefined });
  });

  it.each([
    ['{"type": "service_account", "private_key": "canary', 'is not valid JSON'],
    ['[]', 'is not valid JSON'],
    [textOf({ type: 'authorized_user' }), 'is not the key of a service account'],
    [textOf({ client_email: undefined }), 'lacks client_email or private_key'],
    [textOf({ private_key: 7 }), 'lacks client_email or private_key'],
  ])('is refused without quoting it: %s', (secret, reason) => {
    expect(detailOf(secret)).toBe(`the secret ${reason}`);
  });

  it.each([
    'https://evil.example/token',
    'https://oauth2.googleapis.com.evil.example/token',
    'https://oauth2.googleapis.com@evil.example/token',
    'https://me:word@oauth2.googleapis.com/token',
    'http://oauth2.googleapis.com/token',
    'https://oauth2.googleapis.com:8443/token',
    'http://10.0.0.1/token',
    'http://127.0.0.1.evil.example/token',
    'file:///token',
    'token',
    7,
  ])('is signed with for nobody but Google: %s', (tokenUri) => {
    const reason = 'the secret names a token_uri that is not Google’s';
    expect(detailOf(textOf({ token_uri: tokenUri }))).toBe(reason);
    expect(detailOf(textOf({ token_uri: tokenUri }), true)).toBe(reason);
  });

  it.each(['http://127.0.0.1:9/token', 'http://localhost:9/token', 'https://[::1]:9/token'])(
    'is signed with for this machine where that is allowed: %s',
    (tokenUri) => {
      expect(detailOf(textOf({ token_uri: tokenUri }))).toContain('not Google’s');
      expect(detailOf(textOf({ token_uri: tokenUri }), true)).toBeUndefined();
    },
  );

  it('asks for an hour’s access to Google Cloud', () => {
    const account = readServiceAccount(textOf(), false);
    expect(assertionOf(account, 1_700_000_000_999)).toEqual({
      iss: KEY.client_email,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: GOOGLE,
      iat: 1_700_000_000,
      exp: 1_700_003_600,
    });
  });
});
