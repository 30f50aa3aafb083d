import { describe, expect, it } from '@jest/globals';
import { entraTokenExchange } from './entra-token-exchange.js';

const CLIENT = '11111111-2222-3333-4444-555555555555';
const exchange = entraTokenExchange('https://login.example/');

describe('an access token of Microsoft Entra ID', () => {
  it('is asked for by the secret of an application, at its tenant', () => {
    expect(exchange.request(`our-tenant.example:${CLIENT}:s3:cret~`)).toEqual({
      url: 'https://login.example/our-tenant.example/oauth2/v2.0/token',
      form: {
        grant_type: 'client_credentials',
        client_id: CLIENT,
        client_secret: 's3:cret~',
        scope: 'https://cognitiveservices.azure.com/.default',
      },
    });
  });

  it.each([
    ['https://login.microsoftonline.com', 'https://cognitiveservices.azure.com/.default'],
    ['https://login.microsoftonline.us/', 'https://cognitiveservices.azure.us/.default'],
    ['https://login.chinacloudapi.cn', 'https://cognitiveservices.azure.cn/.default'],
  ])('of %s is for %s', async (authority, scope) => {
    const { form } = await entraTokenExchange(authority).request(`tenant:${CLIENT}:s`);
    expect(form['scope']).toBe(scope);
  });

  it.each([
    [`${CLIENT}:${CLIENT}:s`, true],
    ['0123456789abcdef0123456789abcdef', false],
    ['eyJh.eyJi.c2', false],
    [`a/../b:${CLIENT}:s`, false],
    [`tenant?x:${CLIENT}:s`, false],
    ['tenant:client:s', false],
    [`tenant:${CLIENT}:`, false],
  ])('is given for %s: %s', (secret, isGiven) => {
    expect(exchange.isFor(secret)).toBe(isGiven);
  });

  it('is asked for with no secret that is none', () => {
    expect(() => exchange.request('tenant:client:s')).toThrow(
      expect.objectContaining({ code: 'upstream_auth_failed' }),
    );
  });
});
