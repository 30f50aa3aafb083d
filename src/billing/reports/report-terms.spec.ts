import { describe, expect, it } from '@jest/globals';
import { wantsCsv } from './report-answer.js';
import { reportTerms } from './report-terms.js';

const NOW = new Date('2026-03-10T08:30:00Z');
const invalid = (param: string) => expect.objectContaining({ code: 'invalid_parameter', param });

describe('the terms of a report', () => {
  it('are groups in their order, filters, and a tag by its lower-case name', () => {
    const terms = reportTerms(
      { group_by: ['day', 'tag:Team'], tag: 'TEAM:A:b', organization_id: 'org_1' },
      NOW,
    );
    expect(terms).toMatchObject({
      groups: ['day', 'tag'],
      timeZone: 'UTC',
      tagName: 'team',
      tagValue: 'A:b',
    });
    expect([...terms.filters]).toEqual([['organization', 'org_1']]);
  });

  it.each([
    [{ time_zone: 'Europe/Berlin', group_by: ['hour'] }, 'time_zone'],
    [{ group_by: ['tag:a', 'tag:b'] }, 'group_by'],
    [{ group_by: ['tag:a'], tag: 'b:1' }, 'tag'],
    [{ group_by: ['tag:a', 'model'] }, 'group_by'],
    [{ group_by: ['tag:a'], project_id: 'prj_1' }, 'group_by'],
    [{ tag: 'a:1', model: 'm' }, 'tag'],
  ])('are not %j', (query, param) => {
    expect(() => reportTerms(query, NOW)).toThrow(invalid(param));
  });
});

describe('an answer is CSV', () => {
  it.each([
    ['csv', undefined],
    ['csv', 'application/json'],
    [undefined, 'text/csv'],
    [undefined, 'application/json, Text/CSV;q=0.5'],
  ] as const)('with format %s and Accept %s', (format, accept) => {
    expect(wantsCsv(format, accept)).toBe(true);
  });

  it.each([
    ['json', 'text/csv'],
    [undefined, undefined],
    [undefined, '*/*'],
    [undefined, 'text/csvx'],
  ] as const)('but not with format %s and Accept %s', (format, accept) => {
    expect(wantsCsv(format, accept)).toBe(false);
  });
});
