import { describe, expect, it } from '@jest/globals';
import { innerAddresses } from '../../test/support/inner-addresses.js';
import { GatewayError } from '../core/errors.js';
import { readBaseUrl } from './upstream-address.js';

const STRICT = { allowPrivate: false, allowHttp: false };
const HTTP = { allowPrivate: false, allowHttp: true };
const OPEN = { allowPrivate: true, allowHttp: true };

function refusal(text: string, policy = HTTP): string {
  try {
    return `accepted as ${readBaseUrl(text, policy)}`;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect([error.code, error.param]).toEqual(['invalid_parameter', 'base_url']);
    return error.message;
  }
}

describe('readBaseUrl', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1'],
    ['HTTPS://API.Example.COM:443/v1//', 'https://api.example.com/v1'],
    ['https://api.example.com:8443/openai/v1', 'https://api.example.com:8443/openai/v1'],
    ['https://bücher.example/v1', 'https://xn--bcher-kva.example/v1'],
    ['https://8.8.8.8/v1', 'https://8.8.8.8/v1'],
    ['https://[2606:4700::1111]/v1', 'https://[2606:4700::1111]/v1'],
  ])('gives %s its one form', (text, form) => {
    expect(readBaseUrl(text, STRICT)).toBe(form);
  });

  it.each([
    ['nothing', 'base_url is not a URL.'],
    ['', 'base_url is not a URL.'],
    ['//api.example.com', 'base_url is not a URL.'],
    ['ftp://api.example.com', 'base_url must begin with https://.'],
    ['file:///etc/passwd', 'base_url must begin with https://.'],
    ['javascript:alert(1)', 'base_url must begin with https://.'],
    ['https://user@api.example.com', 'base_url must not carry a user or a password.'],
    ['https://:pass@api.example.com', 'base_url must not carry a user or a password.'],
    ['https://api.example.com/v1?key=1', 'base_url must not have a query or a fragment.'],
    ['https://api.example.com/v1#x', 'base_url must not have a query or a fragment.'],
    ['https://127.0.0.1', 'base_url is not a public address.'],
    ['https://[::1]', 'base_url is not a public address.'],
  ])('refuses %j', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it.each([1, 22, 25, 587, 993, 3306, 5432, 6379, 9200, 11211, 27017, 2375, 10250])(
    'refuses port %i, wherever it is',
    (port) => {
      const message = `base_url must not use port ${port}, which is another service's.`;
      expect(refusal(`http://api.example.com:${port}`, OPEN)).toBe(message);
    },
  );

  it.each([80, 443, 1024, 4000, 8000, 8080, 8443, 11434, 65535])('takes port %i', (port) => {
    expect(refusal(`http://api.example.com:${port}`)).toMatch(/^accepted/);
  });

  it('wants https where it must be, and takes inner addresses where they may be', () => {
    expect(refusal('http://api.example.com', STRICT)).toBe('base_url must begin with https://.');
    expect(readBaseUrl('http://10.0.0.5:8000/v1', OPEN)).toBe('http://10.0.0.5:8000/v1');
  });

  it('knows every inner address that is written as one', () => {
    const accepted = innerAddresses(4000).filter((text) => refusal(text).startsWith('accepted'));
    // Names say nothing before they are looked up.
    expect(accepted.filter((text) => !/localhost|ⓛ|\.(example|io|internal)/i.test(text))).toEqual(
      [],
    );
  });
});
