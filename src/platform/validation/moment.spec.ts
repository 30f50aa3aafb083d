import { describe, expect, it } from '@jest/globals';
import { futureMomentOf, momentOf, toMoment } from './moment.js';

const refused = (name: string): unknown =>
  expect.objectContaining({ code: 'invalid_parameter', param: name });

describe('moments', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01', '2026-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-01-31T08:00Z', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31 08:00:00.123456+00:00', '2026-01-31T08:00:00.123Z'],
    ['2026-01-31T08:00:00+01:00', '2026-01-31T07:00:00.000Z'],
    ['2026-01-31T08:00:00-0330', '2026-01-31T11:30:00.000Z'],
    ['2026-01-31T08:00:00+14', '2026-01-30T18:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is one', (text, moment) => {
    expect(toMoment(text)?.toISOString()).toBe(moment);
  });

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '-000001-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-00:01',
    '2026-W05',
    '20260131T080000Z',
    '2026-01-31T08Z',
    '2026-01T08:00Z',
    '2026-01-31T25:00:00Z',
    '2026-01-31T08:00:60Z',
    '2026-01-31T08:00:00+24:00',
    // The plus of an offset, where it was not escaped in a query.
    '2026-01-31T08:00:00 01:00',
    ' 2026-01-31',
    '2026-01-31\n',
  ])('%j is none', (text) => {
    expect(toMoment(text)).toBeUndefined();
    expect(() => momentOf('since', text)).toThrow(refused('since'));
  });

  it.each(['2026-02-29', '2026-02-30', '2026-04-31T08:00:00Z', '2026-02-30T23:00:00-05:00'])(
    '%s is none, for there is no such day',
    (text) => {
      expect(toMoment(text)).toBeUndefined();
    },
  );

  it.each(['2026-01-31T08:00', '2026-01-31T08:00:00', '2026-01-31 08:00:00.5'])(
    '%s is none, for nobody says in which zone',
    (text) => {
      expect(() => momentOf('anchor', text)).toThrow(
        expect.objectContaining({
          code: 'invalid_parameter',
          param: 'anchor',
          message: expect.stringMatching(/^anchor must be .* with Z or an offset/),
        }),
      );
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
