import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import { GatewayError } from '../../core/errors.js';
import { headersOf, missingSetting, readSettings } from './credential-settings.js';

const { provider } = makeTarget({
  provider: {
    settings: {
      region: { kind: 'text', pattern: /[a-z]+-\d/, required: true },
      project: { kind: 'text', pattern: /^proj_\w+$/, header: 'x-project' },
      zone: { kind: 'text', pattern: /^[a-z]$/, default: 'a' },
      deployments: { kind: 'map', pattern: /^[\w-]+$/ },
    },
  },
});

function refusal(given: Record<string, unknown>): string | null {
  try {
    readSettings(given, provider);
  } catch (error) {
    if (error instanceof GatewayError) return error.param;
    throw error;
  }
  return null;
}

describe('readSettings', () => {
  it('takes what the provider knows, and no more of it', () => {
    const deployments = { 'gpt-4o': 'mine' };
    const settings = { region: 'eu-1', project: 'proj_1', zone: 'b', deployments };
    expect(readSettings({ ...settings }, provider)).toEqual(settings);
    const less = { region: 'eu-1', project: null, zone: null };
    expect(readSettings(less, provider)).toEqual({ region: 'eu-1', zone: 'a' });
    expect(readSettings({}, makeTarget().provider)).toEqual({});
  });

  it.each<[string, Record<string, unknown>]>([
    ['settings.unknown', { region: 'eu-1', unknown: 'x' }],
    ['settings.constructor', { region: 'eu-1', constructor: 'x' }],
    ['settings.region', {}],
    ['settings.region', { region: 'eu-1\r\nx-evil: 1' }],
    ['settings.region', { region: 'xx eu-1' }],
    ['settings.region', { region: 7 }],
    ['settings.project', { region: 'eu-1', project: { a: 'b' } }],
    ['settings.deployments', { region: 'eu-1', deployments: 'mine' }],
    ['settings.deployments', { region: 'eu-1', deployments: { a: 'b/c' } }],
    ['settings.deployments', { region: 'eu-1', deployments: ['a'] }],
  ])('names what is wrong: %s of %j', (param, given) => {
    expect(refusal(given)).toBe(param);
  });
});

describe('settings of which a credential has one', () => {
  const text = { kind: 'text', pattern: /^[a-z]+$/ } as const;
  const settings = { project_id: text, space_id: text };
  const eitherSetting = ['project_id', 'space_id'];
  const { provider: cloud } = makeTarget({ provider: { id: 'cloud', settings, eitherSetting } });

  it('may be the one or the other', () => {
    expect(readSettings({ project_id: 'a' }, cloud)).toEqual({ project_id: 'a' });
    expect(readSettings({ space_id: 'b' }, cloud)).toEqual({ space_id: 'b' });
  });

  it('are missed by name, and refused where both are given', () => {
    expect(() => readSettings({}, cloud)).toThrow(
      'settings.project_id is needed by cloud, or settings.space_id in its place.',
    );
    expect(() => readSettings({ project_id: 'a', space_id: 'b' }, cloud)).toThrow(
      'settings.space_id cannot stand beside settings.project_id.',
    );
  });
});

describe('headersOf', () => {
  it('gives the headers of those settings that have one', () => {
    expect(headersOf({ region: 'eu-1', project: 'proj_1' }, provider)).toEqual({
      'x-project': 'proj_1',
    });
    expect(headersOf({ region: 'eu-1' }, provider)).toBeUndefined();
  });
});

describe('missingSetting', () => {
  it('names the first setting that the address lacks', () => {
    const error = missingSetting('https://{host}/{region}/{project}', { host: 'a' });
    expect(error).toMatchObject({ code: 'invalid_parameter', param: 'settings.region' });
  });
});
