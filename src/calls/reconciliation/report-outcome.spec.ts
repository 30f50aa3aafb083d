import { describe, expect, it } from '@jest/globals';
import { outcomeWithoutFigure } from './report-outcome.js';

const MINUTE = 60_000;

describe('an estimate whose provider gave no figure', () => {
  it.each([
    ['no_report', 'no_provider_report'],
    ['no_credential', 'credential_gone'],
    ['refused', 'provider_refused'],
  ] as const)('stands at once: %s', (kind, reason) => {
    expect(outcomeWithoutFigure({ kind }, 0)).toEqual({ kind: 'settle', reason });
  });

  it('is asked for again for a quarter of an hour while the provider does not know the call', () => {
    const kindAt = (ageMs: number) => outcomeWithoutFigure({ kind: 'unknown' }, ageMs);
    expect(kindAt(15 * MINUTE)).toMatchObject({ kind: 'again' });
    expect(kindAt(15 * MINUTE + 1)).toEqual({ kind: 'settle', reason: 'unknown_to_provider' });
  });

  it('is asked for again for most of a day while the provider cannot be reached', () => {
    const away = { kind: 'unavailable', reason: 'status 503' } as const;
    const kindAt = (ageMs: number) => outcomeWithoutFigure(away, ageMs);
    expect(kindAt(20 * 60 * MINUTE)).toEqual({ kind: 'again', reason: 'status 503' });
    expect(kindAt(20 * 60 * MINUTE + 1)).toMatchObject({ reason: 'provider_unreachable' });
  });
});
