import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../../../core/errors.js';
import { HealthBoard, type HealthKey } from './health-board.js';

const EJECTION = 15_000;
const choice = (id: string, offer: string, secret = id): { target: HealthKey } => ({
  target: { credential: { id, secret }, offer: { id: offer } },
});
const first = choice('key-1', 'a/m');
const second = choice('key-2', 'a/m');
const third = choice('key-1', 'a/n');
const all = [first, second, third];

let board: HealthBoard;
beforeEach(() => {
  board = new HealthBoard();
});

function fail({ target }: typeof first, code: ErrorCode, times = 5, now = 0): void {
  for (let at = 0; at < times; at++) board.failed(target, code, undefined, now);
}

describe('the board', () => {
  it('leaves everything as it is while nothing has failed', () => {
    expect(board.available(all, 0)).toBe(all);
    expect([board.choose(all, 0), board.choose([], 0), board.isEmpty]).toEqual([
      first,
      undefined,
      true,
    ]);
  });

  it('ejects an offer with one credential, not the others', () => {
    fail(first, 'overloaded');
    expect(board.available(all, 0)).toEqual([second, third]);
    expect([board.choose(all, 0), board.ejectedCount(0)]).toEqual([second, 1]);
  });

  it('never ejects the last one', () => {
    fail(first, 'overloaded');
    expect(board.available([first], 0)).toEqual([first]);
    fail(second, 'upstream_timeout');
    expect(board.available([first, second], 0)).toEqual([first, second]);
  });

  it.each<ErrorCode>([
    'upstream_error',
    'upstream_timeout',
    'upstream_auth_failed',
    'upstream_model_missing',
    'overloaded',
  ])('counts %s', (code) => {
    fail(first, code);
    expect(board.available(all, 0)).not.toContain(first);
  });

  it.each<ErrorCode>(['invalid_parameter', 'context_length_exceeded', 'request_too_large'])(
    'never counts %s, which blames the caller',
    (code) => {
      fail(first, code, 100);
      expect([board.available(all, 0), board.isEmpty]).toEqual([all, true]);
    },
  );

  it('gives a target whose ejection is over to one caller, until that is answered', () => {
    fail(first, 'overloaded');
    expect(board.choose(all, EJECTION)).toBe(first);
    expect(board.choose(all, EJECTION)).toBe(second);
    board.succeeded(first.target, EJECTION);
    expect([board.choose(all, EJECTION), board.choose(all, EJECTION)]).toEqual([first, first]);
  });

  it('gives the probe to the next where the first probe blamed its caller', () => {
    fail(first, 'overloaded');
    board.choose(all, EJECTION);
    board.failed(first.target, 'invalid_parameter', undefined, EJECTION);
    expect(board.choose(all, EJECTION)).toBe(first);
  });

  it('has nothing to choose where all are ejected', () => {
    fail(first, 'overloaded');
    expect(board.choose([first], 0)).toBeUndefined();
  });

  it('lets a credential rest as a whole for as long as Retry-After says', () => {
    board.failed(first.target, 'upstream_rate_limited', 7, 0);
    expect([board.available(all, 6_999), board.restingCount(6_999)]).toEqual([[second], 1]);
    expect([board.available(all, 7_000), board.isEmpty]).toEqual([all, true]);
  });

  it.each([
    ['a shorter one later', [60, 5], 60],
    ['one longer than an hour', [90_000], 3_600],
    ['none', [undefined], 1],
  ])('Retry-After: %s', (_name, told, seconds) => {
    for (const one of told) board.failed(first.target, 'upstream_rate_limited', one, 0);
    expect(board.available(all, seconds * 1_000 - 1)).toEqual([second]);
    expect(board.available(all, seconds * 1_000)).toEqual(all);
  });

  it('a rate limit ejects nothing by itself', () => {
    fail(first, 'upstream_rate_limited', 100);
    expect([board.ejectedCount(0), board.available(all, 1_000)]).toEqual([0, all]);
  });

  it('knows nothing of a credential whose secret was replaced', () => {
    fail(first, 'upstream_auth_failed');
    const replaced = choice('key-1', 'a/m', 'another');
    expect(board.available([first, second], 0)).toEqual([second]);
    expect(board.available([replaced, second], 0)).toEqual([replaced, second]);
    fail(replaced, 'upstream_rate_limited');
    expect(board.available([replaced, second], 0)).toEqual([second]);
    expect(board.available([replaced, second], 1_000)).toEqual([replaced, second]);
  });

  it('is empty again when what failed has served for a while', () => {
    fail(first, 'overloaded', 1);
    expect(board.isEmpty).toBe(false);
    board.succeeded(first.target, 10_000);
    board.succeeded(first.target, 20_000);
    expect(board.isEmpty).toBe(true);
  });
});
