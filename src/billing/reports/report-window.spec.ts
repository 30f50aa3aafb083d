import { describe, expect, it } from '@jest/globals';
import { reportWindow, requireWholeHours } from './report-window.js';

const NOW = new Date('2026-03-10T08:30:00Z');
const at = (text: string): Date => new Date(text);
const invalid = (param: string) => expect.objectContaining({ code: 'invalid_parameter', param });

describe('the window of a report', () => {
  it('ends with this hour and is 31 days long', () => {
    const window = { since: at('2026-02-07T09:00:00Z'), until: at('2026-03-10T09:00:00Z') };
    expect(reportWindow({}, NOW)).toEqual(window);
    expect(reportWindow({ until: '2026-03-10T10:00:00+01:00' }, NOW)).toEqual(window);
    expect(reportWindow({ since: '2026-01-01' }, NOW)).toEqual({
      since: at('2026-01-01T00:00:00Z'),
      until: window.until,
    });
  });

  it.each([
    [{ since: '2026-01-01T00:30:00Z' }, 'since'],
    [{ until: '2026-01-01T00:00:00.001Z' }, 'until'],
    [{ since: '2026-01-01', until: '2026-01-01' }, 'since'],
    [{ since: '2026-04-01' }, 'since'],
    [{ since: '1900-01-01' }, 'since'],
    [{ since: '2026-W10' }, 'since'],
  ])('is not %j', (query, param) => {
    expect(() => reportWindow(query, NOW)).toThrow(invalid(param));
  });
});

describe('days of a time zone', () => {
  const within = (since: string, until: string) => ({ since: at(since), until: at(until) });
  const year = within('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');

  it.each(['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland'])(
    'begin at whole hours in %s',
    (zone) => {
      expect(() => requireWholeHours(zone, year)).not.toThrow();
    },
  );

  it.each(['Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe'])('do not in %s', (zone) => {
    expect(() => requireWholeHours(zone, year)).toThrow(invalid('time_zone'));
  });

  it('are looked at to the last hour', () => {
    // Lord Howe is 11 hours from UTC in its summer, 10.5 in its winter, from 2026-04-04T15:00Z on.
    const summer = within('2026-03-20T00:00:00Z', '2026-04-04T15:00:00Z');
    expect(() => requireWholeHours('Australia/Lord_Howe', summer)).not.toThrow();
    const beyond = within('2026-03-20T00:00:00Z', '2026-04-04T16:00:00Z');
    expect(() => requireWholeHours('Australia/Lord_Howe', beyond)).toThrow(invalid('time_zone'));
  });
});
