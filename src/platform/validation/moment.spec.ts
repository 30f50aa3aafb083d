import { describe, expect, it } from '@jest/globals';
import { futureMomentOf, momentOf, toMoment } from './moment.js';

const refused = (name: string): unknown =>
  expect.objectContaining({ code: 'invalid_parameter', param: name });

describe('moments', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T08:00:00+01:00', '2026-01-31T07:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is one', (text, moment) => {
    expect(toMoment(text)?.toISOString()).toBe(moment);
  });

  it.each(['', 'yesterday', '2026-13-01', '-000001-01-01T00:00:00Z', '+010000-01-01T00:00:00Z'])(
    '%j is none',
    (text) => {
      expect(toMoment(text)).toBeUndefined();
      expect(() => momentOf('since', text)).toThrow(refused('since'));
    },
  );

  it('may be absent', () => {
    expect([momentOf('since', undefined), momentOf('since', null)]).toEqual([undefined, undefined]);
  });

  it('that must lie ahead are refused from now on back', () => {
    const now = new Date('2026-01-31T08:00:00Z');
    expect(futureMomentOf('end', '2026-01-31T08:00:00.001Z', now)?.getMilliseconds()).toBe(1);
    expect(() => futureMomentOf('end', '2026-01-31T08:00:00Z', now)).toThrow(refused('end'));
    expect(futureMomentOf('end', null, now)).toBeUndefined();
  });
});
