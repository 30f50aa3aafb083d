import { describe, expect, it } from '@jest/globals';
import { decodeLine, encodeLine } from '../../src/billing/journal/journal-line.js';
import type { CloseRecord } from '../../src/billing/journal/journal-record.js';
import { chargeOf, closeOf, identityOf, openOf } from '../support/journal.js';

function byLengthAndLetters(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : 1);
}

describe('the form of journal lines', () => {
  it('what is null, and zeros that say nothing, are left out', () => {
    const units = { promptTokens: 3, completionTokens: 0, cachedTokens: 0, promptAudioTokens: 0 };
    const written = closeOf('c1', '0', {
      identity: identityOf({ member: null, session: 's' }),
      charge: chargeOf('0', { units: { ...units, acceptedPredictionTokens: 0, webSearches: 0 } }),
      errorCode: null,
      timeToFirstTokenMs: null,
    });
    const { record: read } = decodeLine(encodeLine(1, written).slice(0, -1)) as { record: object };
    expect(read).toStrictEqual(
      closeOf('c1', '0', {
        identity: identityOf({ session: 's' }),
        charge: chargeOf('0', {
          units: { promptTokens: 3, completionTokens: 0, cachedTokens: 0, webSearches: 0 },
        }),
      }),
    );
  });

  it('names stand as Postgres keeps them: shorter ones first, then by their letters', () => {
    const written = closeOf('c1', '0.1', {
      identity: identityOf({
        member: 'm',
        source: 's',
        session: 's',
        clientRequestId: 'r',
        requestedProvider: 'p',
        tags: { a: 'b' },
      }),
      credential: 'c',
      attemptCosts: [],
      errorCode: 'e',
      upstreamId: 'u',
      timeToFirstTokenMs: 1,
    });
    const [close, open] = [written, openOf('c1', { identity: written.identity })].map(
      (one) => decodeLine(encodeLine(1, one).slice(0, -1))?.record as CloseRecord,
    );
    const { charge, attempts, identity: who } = close as CloseRecord;
    for (const object of [close, charge, charge.lines[0], attempts[0], who, open?.identity]) {
      const names = Object.keys(object ?? {});
      expect(names.length).toBeGreaterThan(2);
      expect(names).toEqual(names.toSorted(byLengthAndLetters));
    }
  });
});
