import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import { PROVIDERS } from '../definitions/registry.js';
import { fillBaseUrl, missingVariables, settingsFrom } from './base-url.js';

describe('fillBaseUrl', () => {
  it('leaves an address without places as it is', () => {
    expect(fillBaseUrl('https://api.example.com/v1', {})).toBe('https://api.example.com/v1');
  });

  it('puts settings into their places', () => {
    expect(
      fillBaseUrl('https://{region}.example.com/{account_id}/v1', {
        region: 'eu',
        account_id: '7',
      }),
    ).toBe('https://eu.example.com/7/v1');
  });

  it('takes a host that is given as a URL', () => {
    expect(fillBaseUrl('https://{host}/v1', { host: 'https://a.example.com/' })).toBe(
      'https://a.example.com/v1',
    );
  });

  it('takes another host where the provider has one for it', () => {
    const hosts = { 'global-x.example.com': 'x.example.com', 'a.example.com': 'no' };
    const at = (location: string) =>
      fillBaseUrl('https://{location}-x.example.com/{location}/a.example.com', { location }, hosts);
    expect(at('global')).toBe('https://x.example.com/global/a.example.com');
    expect(at('eu')).toBe('https://eu-x.example.com/eu/a.example.com');
  });

  it.each([[{}], [{ host: '' }], [{ host: { a: 'b' } }]])(
    'is nothing where a setting is missing: %j',
    (settings) => {
      expect(fillBaseUrl('https://{host}/v1', settings)).toBeUndefined();
    },
  );

  it('has a setting for each place of every definition, and a rule that keeps it within its place', () => {
    for (const { id, baseUrl, settings = {} } of PROVIDERS) {
      for (const [, name = ''] of baseUrl.matchAll(/\{([a-z_]+)\}/g)) {
        const rule = settings[name];
        expect([id, name, rule?.kind]).toEqual([id, name, 'text']);
        for (const escape of [
          'a/b',
          'a?b',
          'a#b',
          'a@b',
          'evil.example',
          'a:1',
          '..',
          'https://evil.example/',
        ])
          expect([escape, rule?.pattern.exec(escape)?.[0] === escape]).toEqual([escape, false]);
      }
    }
  });
});

describe('settingsFrom', () => {
  const provider = {
    id: 'p',
    name: 'P',
    protocol: 'chat-completions',
    baseUrl: 'https://{region}.example.com',
    auth: { kind: 'bearer' },
    environment: ['P_KEY'],
    baseUrlEnvironment: 'P_BASE_URL',
    settings: {
      region: { kind: 'text', pattern: /[a-z]+/, required: true, environment: 'P_REGION' },
      other: { kind: 'text', pattern: /x/ },
      zone: { kind: 'text', pattern: /[a-z]/, default: 'a', environment: 'P_ZONE' },
    },
  } as const;

  it('reads what the environment has', () => {
    expect(settingsFrom({ P_REGION: 'eu', P_ZONE: 'b', other: 'x' }, provider)).toEqual({
      region: 'eu',
      zone: 'b',
    });
    expect(settingsFrom({ P_REGION: '' }, provider)).toEqual({ zone: 'a' });
  });

  it('names the variable whose value does not fit, and not the value', () => {
    expect(() => settingsFrom({ P_REGION: 'eu/7' }, provider)).toThrow(
      'P_REGION does not have the form that the provider wants',
    );
  });
});

describe('missingVariables', () => {
  const text = { kind: 'text', pattern: /[a-z]+/ } as const;
  const settings = {
    region: { ...text, environment: 'P_REGION' },
    project: { ...text, environment: 'P_PROJECT' },
    space: { ...text, environment: 'P_SPACE' },
  };
  const { provider } = makeTarget({ provider: { settings, eitherSetting: ['project', 'space'] } });
  const missing = (found: Record<string, string>) =>
    missingVariables('https://{region}.example.com', found, provider);

  it('names a place without a value, then those of which one is needed', () => {
    expect(missing({})).toEqual(['P_REGION']);
    expect(missing({ region: 'eu' })).toEqual(['P_PROJECT', 'P_SPACE']);
    expect(missing({ region: 'eu', space: 'b' })).toEqual([]);
  });

  it('is nothing where nothing is needed', () => {
    expect(missingVariables('https://example.com', {}, makeTarget().provider)).toEqual([]);
  });

  it('is joined by a complaint about two where one is taken', () => {
    expect(() => settingsFrom({ P_PROJECT: 'a', P_SPACE: 'b' }, provider)).toThrow(
      'only one of P_PROJECT, P_SPACE can be set',
    );
  });
});
