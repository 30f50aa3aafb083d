import { describe, expect, it } from '@jest/globals';
import { makeTarget, type TargetOptions } from '../../../test/support/target.js';
import { calledModel, callPath } from './call-path.js';

const PATHS = [
  { path: '/dated/{model}?version={api_version}' },
  { path: '/models/{model}:once', stream: '/models/{model}:many' },
];
const at = (upstreamModel: string, settings: TargetOptions['settings'] = {}) =>
  makeTarget({ upstreamModel, settings, provider: { callPaths: PATHS } });

describe('the path of a call', () => {
  it('is the usual one of the protocol where the provider has no other', () => {
    expect(callPath(makeTarget(), '/chat', true)).toBe('/chat');
  });

  it('is the first whose places have a value', () => {
    expect(callPath(at('m', { api_version: '2024-10-21' }), '/chat', false)).toBe(
      '/dated/m?version=2024-10-21',
    );
    expect(callPath(at('m'), '/chat', false)).toBe('/models/m:once');
  });

  it('may be another one for a stream', () => {
    expect(callPath(at('m'), '/chat', true)).toBe('/models/m:many');
  });

  it('keeps the model in one segment', () => {
    expect(callPath(at('a/../b?c@1'), '/chat', false)).toBe('/models/a%2F..%2Fb%3Fc@1:once');
  });
});

describe('the model that is called', () => {
  it('has the name of its deployment, by the provider’s name of it or by its id', () => {
    const byModel = at('gpt-4o-2024', { deployments: { 'gpt-4o-2024': 'ours' } });
    expect(calledModel(byModel)).toBe('ours');
    const offer = { ...byModel.offer, upstreamModel: 'other' };
    expect(calledModel({ ...byModel, offer })).toBe('ours');
  });

  it('has its own name where no deployment is named', () => {
    expect(calledModel(at('m'))).toBe('m');
    expect(calledModel(at('constructor', { deployments: { x: 'y' } }))).toBe('constructor');
  });
});
