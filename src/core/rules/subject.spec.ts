import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../errors.js';
import { parseUsd } from '../money.js';
import type { RuleKind } from './rule.js';
import { parseSubject } from './subject.js';

/** The field that is wrong, or undefined. */
function fault(kind: RuleKind, subject: unknown): string | null | undefined {
  try {
    parseSubject(kind, subject);
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'invalid_parameter') return error.param;
    throw error;
  }
}

describe('the subject of a rule', () => {
  it('is read by its kind', () => {
    expect(parseSubject('model', { models: ['gpt-4o', 'anthropic/claude-*', '*'] })).toEqual({
      kind: 'model',
      models: ['gpt-4o', 'anthropic/claude-*', '*'],
    });
    expect(parseSubject('price_ceiling', { input: '2.5', request: '0' })).toEqual({
      kind: 'price_ceiling',
      ceiling: { input: parseUsd('2.5'), request: 0n },
    });
    expect(parseSubject('pricing', { is: 'free', models: undefined })).toEqual({
      kind: 'pricing',
      is: 'free',
    });
    expect(fault('provider', { providers: ['openai'] })).toBeUndefined();
    expect(fault('ip', { ranges: ['10.0.0.0/8', '::1'] })).toBeUndefined();
  });

  it.each<[RuleKind, unknown, string]>([
    ['model', undefined, 'subject'],
    ['model', ['gpt-4o'], 'subject'],
    ['model', {}, 'subject.models'],
    ['model', { models: 'gpt-4o' }, 'subject.models'],
    ['model', { models: [] }, 'subject.models'],
    ['model', { models: Array(501).fill('m') }, 'subject.models'],
    ['model', { models: ['a', 5] }, 'subject.models[1]'],
    ['model', { models: [''] }, 'subject.models[0]'],
    ['model', { models: ['gpt-*-mini'] }, 'subject.models[0]'],
    ['model', { models: ['gpt-**'] }, 'subject.models[0]'],
    ['model', { models: ['gpt 4o'] }, 'subject.models[0]'],
    ['model', { models: ['gpt\u00004o'] }, 'subject.models[0]'],
    ['model', { models: ['gpt\ud800'] }, 'subject.models[0]'],
    ['model', { models: ['m'.repeat(257)] }, 'subject.models[0]'],
    ['model', { models: ['m'], providers: ['p'] }, 'subject.providers'],
    ['provider', { providers: ['open*'] }, 'subject.providers[0]'],
    ['provider', { providers: [''] }, 'subject.providers[0]'],
    ['pricing', {}, 'subject.is'],
    ['pricing', { is: 'cheap' }, 'subject.is'],
    ['ip', { ranges: ['10.0.0.0/8', '10.0.0.0/33'] }, 'subject.ranges[1]'],
    ['ip', { ranges: null }, 'subject.ranges'],
    ['price_ceiling', {}, 'subject.input'],
    ['price_ceiling', { input: 2.5 }, 'subject.input'],
    ['price_ceiling', { input: '-1' }, 'subject.input'],
    ['price_ceiling', { output: '1e3' }, 'subject.output'],
    ['price_ceiling', { request: null }, 'subject.request'],
    ['price_ceiling', { is: 'free' }, 'subject.is'],
  ])('of kind %s cannot be %j', (kind, subject, field) => {
    expect(fault(kind, subject)).toBe(field);
  });
});
