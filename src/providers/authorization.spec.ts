import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../test/support/target.js';
import { authorizationOf, type Outgoing } from './authorization.adapter.js';
import type { AuthStyle } from '../core/provider.js';

const ID = 'AKIDEXAMPLE';
const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0, 999);
const GET: Outgoing = {
  method: 'GET',
  origin: 'https://example.amazonaws.com',
  path: '/',
  body: '',
};

function target(auth: AuthStyle, secret: string, region?: string) {
  const made = makeTarget({ provider: { auth } });
  const settings = region === undefined ? {} : { settings: { region } };
  return { ...made, credential: { ...made.credential, secret, ...settings } };
}

const signed = (outgoing: Outgoing, secret = `${ID}:${KEY}`, service = 'service') =>
  authorizationOf(target({ kind: 'aws', service }, secret, 'us-east-1'), outgoing, NOW);

describe('a signed request', () => {
  // Source: the test suite of signature version 4 that AWS publishes: get-vanilla, -query-order-key-case, and
  // -with-session-token.
  it.each([
    ['/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      '/?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('has the published signature for GET %s', (path, signature) => {
    expect(signed({ ...GET, path })).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${ID}/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    });
  });

  it('carries a session token and signs it', () => {
    const token = '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267';
    const headers = signed(GET, `${ID}:${KEY}:${token}`);
    expect(headers['x-amz-security-token']).toBe(token);
    expect(headers['authorization']).toContain(
      'SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
    );
  });

  it('signs an encoded path encoded once more, and what a POST says', () => {
    const body = '{"ü":1}';
    const outgoing: Outgoing = {
      method: 'POST',
      origin: 'https://bedrock-runtime.us-east-1.amazonaws.com:8443',
      path: '/model/a.b-v1%3A0/converse',
      body,
    };
    const canonical = [
      'POST',
      '/model/a.b-v1%253A0/converse',
      '',
      'content-type:application/json',
      'host:bedrock-runtime.us-east-1.amazonaws.com:8443',
      'x-amz-date:20150830T123600Z',
      '',
      'content-type;host;x-amz-date',
      sha256(body),
    ].join('\n');
    expect(signed(outgoing, `${ID}:${KEY}`, 'bedrock')['authorization']).toContain(
      `Signature=${signatureOf(canonical, 'bedrock')}`,
    );
  });

  it('finds the region in the host, and refuses to guess one', () => {
    const auth: AuthStyle = { kind: 'aws', service: 'bedrock' };
    const at = (origin: string) =>
      authorizationOf(target(auth, `${ID}:${KEY}`), { ...GET, origin }, NOW)['authorization'];
    expect(at('https://bedrock-runtime.us-gov-west-1.amazonaws.com')).toContain(
      '/us-gov-west-1/bedrock/',
    );
    expect(() => at('https://proxy.example')).toThrow(
      expect.objectContaining({ code: 'upstream_auth_failed' }),
    );
  });
});

it.each<[AuthStyle, string, Record<string, string>]>([
  [{ kind: 'aws', service: 'bedrock' }, 'ABSKQmVk==', { authorization: 'Bearer ABSKQmVk==' }],
  [{ kind: 'bearer' }, `${ID}:${KEY}`, { authorization: `Bearer ${ID}:${KEY}` }],
  [{ kind: 'header', name: 'x-key' }, 'k', { 'x-key': 'k' }],
  [{ kind: 'entra', name: 'api-key' }, 'k', { 'api-key': 'k' }],
  [{ kind: 'entra', name: 'api-key' }, 'eyJh.eyJi.c2', { authorization: 'Bearer eyJh.eyJi.c2' }],
  [{ kind: 'ibm' }, 'k', { authorization: 'Bearer k' }],
  [{ kind: 'none' }, 'k', {}],
])('%j with %s', (auth, secret, headers) => {
  expect(authorizationOf(target(auth, secret), GET, NOW)).toEqual(headers);
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The signature of a canonical request, worked out step by step as AWS describes it. */
function signatureOf(canonical: string, service: string): string {
  const steps = ['20150830', 'us-east-1', service, 'aws4_request'];
  const scope = steps.join('/');
  const text = ['AWS4-HMAC-SHA256', '20150830T123600Z', scope, sha256(canonical)].join('\n');
  const hmac = (key: string | Buffer, said: string) =>
    createHmac('sha256', key).update(said).digest();
  const key = steps.reduce<string | Buffer>(hmac, `AWS4${KEY}`);
  return hmac(key, text).toString('hex');
}
