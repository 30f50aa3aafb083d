import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../test/support/target.js';
import { ERRORS, GatewayError, type ErrorCode } from '../core/errors.js';
import type { Plan } from '../providers/index.js';
import { exhausted, planAfter, plansToTry } from './fallback.js';

const offers = new Map<string, Plan['target']>();

/** A plan named `<offer>/<credential>`. */
function plan(name: string): Plan {
  const [offer = '', id = ''] = name.split('/');
  const target = offers.get(offer) ?? makeTarget({ upstreamModel: offer });
  offers.set(offer, target);
  const credential = { ...target.credential, id };
  return {
    target: { ...target, credential },
    protocol: {} as Plan['protocol'],
    request: { model: 'm', messages: [] },
    dropped: [],
  };
}
const nameOf = ({ target }: Plan): string =>
  `${target.offer.upstreamModel}/${target.credential.id}`;
const plansOf = (...names: string[]): Plan[] => names.map(plan);

describe('plansToTry', () => {
  it('are those of the first three offers, with all their credentials', () => {
    const all = plansOf('a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'c/1', 'd/1', 'd/2');
    expect(plansToTry(all, true).map(nameOf)).toEqual(all.slice(0, 6).map(nameOf));
    const few = plansOf('a/1', 'b/1', 'c/1');
    expect(plansToTry(few, true)).toBe(few);
  });

  it('without fallback: the first alone', () => {
    expect(plansToTry(plansOf('a/1', 'a/2', 'b/1'), false).map(nameOf)).toEqual(['a/1']);
  });
});

describe('planAfter', () => {
  const plans = plansOf('a/1', 'a/2', 'b/1', 'b/2', 'c/1');
  const after = (failed: string, code: ErrorCode, attempts = 1): string | undefined => {
    const plan = plans.find((one) => nameOf(one) === failed);
    const next = plan && planAfter(plan, new GatewayError(code), plans, attempts);
    return next && nameOf(next);
  };

  it('knows a plan again that a search has given results to', () => {
    const [first, , third] = plans;
    const searched = first && { ...first, request: { model: 'm', messages: [], found: true } };
    const next = searched && planAfter(searched, new GatewayError('overloaded'), plans, 1);
    expect(next).toBe(third);
  });

  it('blames the target, never the request or the gateway', () => {
    const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => after('a/1', code));
    expect(codes.sort()).toEqual([
      'overloaded',
      'upstream_auth_failed',
      'upstream_error',
      'upstream_model_missing',
      'upstream_rate_limited',
      'upstream_timeout',
    ]);
  });

  it('is the next credential of the same offer where the credential was to blame', () => {
    expect(after('a/1', 'upstream_auth_failed')).toBe('a/2');
    expect(after('a/1', 'upstream_rate_limited')).toBe('a/2');
    expect(after('a/2', 'upstream_auth_failed')).toBe('b/1');
  });

  it('is the next offer where the provider was to blame', () => {
    expect(after('a/1', 'upstream_error')).toBe('b/1');
    expect(after('b/1', 'overloaded')).toBe('c/1');
  });

  it('is none after the last plan, and after three attempts', () => {
    expect(after('c/1', 'overloaded')).toBeUndefined();
    expect(after('b/2', 'overloaded', 2)).toBe('c/1');
    expect(after('b/2', 'overloaded', 3)).toBeUndefined();
  });
});

describe('exhausted', () => {
  const error = new GatewayError('upstream_rate_limited', {
    message: 'Busy.',
    param: 'n',
    detail: 'secret',
    retryAfterSeconds: 7,
  });

  it('after one attempt an SDK may try again', () => {
    expect(exhausted(error, 1)).toBe(error);
  });

  it('after one that is charged it must not', () => {
    expect(exhausted(error, 1, true)).toMatchObject({ message: 'Busy.', shouldRetry: false });
  });

  it('after more it must not; all else stays', () => {
    const final = exhausted(error, 2);
    expect(final).toMatchObject({
      code: 'upstream_rate_limited',
      message: 'Busy.',
      param: 'n',
      detail: 'secret',
      retryAfterSeconds: 7,
      shouldRetry: false,
    });
    expect(exhausted(new GatewayError('overloaded'), 3)).toMatchObject({
      param: null,
      shouldRetry: false,
    });
  });
});
