import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import { GatewayError } from '../../core/errors.js';
import { blameCredential, redact } from './redact.js';

const SECRET = 'pk+live/Zm9v-8d3f 4b5a=6c7e';
const small = (escape: string): string => escape.toLowerCase();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('redact', () => {
  it.each([
    ['as it is', `key ${SECRET}!`],
    ['twice', `${SECRET}${SECRET}`],
    ['in JSON', JSON.stringify({ key: SECRET })],
    ['in base64', `token ${base64(SECRET)}`],
    ['in base64 of a URL', Buffer.from(SECRET).toString('base64url')],
    ['in base64 behind one letter', base64(`a${SECRET}`)],
    ['in base64 behind two letters', base64(`ab${SECRET}`)],
    ['in base64 with what is around it', base64(`user:${SECRET}:more`)],
    ['URL-encoded', `?key=${encodeURIComponent(SECRET)}`],
    ['URL-encoded with small escapes', encodeURIComponent(SECRET).replaceAll(/%../g, small)],
    ['with its end in stars', `${SECRET.slice(0, 14)}********`],
  ])('takes a secret out: %s', (_, text) => {
    const clean = redact(text, SECRET);
    expect(clean).toContain('[redacted]');
    const core = base64(SECRET).slice(4, 24);
    for (const form of [SECRET, SECRET.slice(0, 12), core, encodeURIComponent(SECRET)])
      expect(clean).not.toContain(form);
  });

  it('leaves all else as it is', () => {
    expect(redact('The model does not exist.', SECRET)).toBe('The model does not exist.');
    expect(redact('a key of none', 'none')).toBe('a key of none');
    expect(redact('anything', '')).toBe('anything');
  });
});

describe('blameCredential', () => {
  const platform = { ...makeTarget().credential, secret: SECRET };
  const own = { ...platform, owner: 'organization' } as const;
  const echoing = new GatewayError('upstream_rate_limited', {
    message: `Too many requests for ${SECRET}.`,
    param: `x.${SECRET}`,
    detail: `provider answered 429: ${base64(SECRET)}`,
    retryAfterSeconds: 7,
    shouldRetry: false,
  });

  it.each([platform, own])(
    'takes the secret out of all that an error says ($owner)',
    (credential) => {
      const error = blameCredential(echoing, credential);
      const said = JSON.stringify([error.message, error.param, error.detail]);
      expect(said).not.toContain(SECRET);
      expect(said).not.toContain(base64(SECRET).slice(0, 20));
      expect(error).toMatchObject({
        code: 'upstream_rate_limited',
        message: 'Too many requests for [redacted].',
        retryAfterSeconds: 7,
        shouldRetry: false,
      });
    },
  );

  it('says so where the organization’s own key was refused', () => {
    const refused = new GatewayError('upstream_auth_failed', { detail: 'provider answered 401' });
    expect(blameCredential(refused, own)).toMatchObject({
      code: 'upstream_auth_failed',
      message: "The provider refused your organization's own credentials.",
      detail: 'provider answered 401',
    });
    expect(blameCredential(refused, platform).message).toBe(refused.message);
  });
});
