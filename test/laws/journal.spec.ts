import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeLine, encodeLine } from '../../src/billing/journal/journal-line.js';
import type { JournalRecord } from '../../src/billing/journal/journal-record.js';
import { JournalState } from '../../src/billing/journal/journal-state.js';
import { readSegment } from '../../src/billing/journal/segment.adapter.js';
import { chargeOf, closeOf, identityOf, openOf, progressOf } from '../support/journal.js';

const name = fc.constantFrom('c1', 'c2', 'c3', 'c4');
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const strange = fc.oneof(
  text,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constant('a"\\\n\u2028'),
);
/** One key may be of another member, plan or endpoint from one call to the next. */
const caller = fc.constantFrom('a', 'b');
const identity = fc
  .record({
    key: caller,
    organization: caller,
    project: caller,
    multiplier: caller,
    endpoint: caller,
    stream: fc.boolean(),
    member: fc.option(strange, { nil: undefined }),
    source: fc.option(strange, { nil: undefined }),
    requestedModel: strange,
    tags: fc.dictionary(text, strange, { maxKeys: 3 }),
  })
  .map(identityOf);
const quota = fc.oneof(strange, fc.constantFrom('q1', 'q2'));
const holds = fc.array(
  fc.tuple(
    quota,
    fc.nat(),
    fc.constantFrom('0', '0.25'),
    fc.constantFrom('credit' as const, 'budget' as const),
  ),
  { maxLength: 3 },
);
const quotas = fc.array(
  fc.tuple(quota, fc.nat(2)).map(([id, period]) => [id, period, '1', '0.5', '0.25', '0'] as const),
  { maxLength: 3 },
);
/** JSON knows no NaN, no infinity and no −0. */
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const units = fc.dictionary(
  fc.constantFrom('promptTokens', 'serviceTier', 'x'),
  fc.oneof(fc.nat(), strange, finite),
);
const asked = fc.record(
  {
    credential: strange,
    attemptCosts: fc.array(
      fc.record({ provider: strange, model: strange, cost: fc.constant('1') }),
    ),
  },
  { requiredKeys: [] },
);
const record: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc
    .tuple(name, identity, holds, asked)
    .map(([call, who, held, whom]) => openOf(call, { identity: who, holds: held, ...whom })),
  fc.tuple(name, fc.nat(999)).map(([call, cents]) => progressOf(call, `0.${cents}`)),
  fc
    .tuple(
      name,
      fc.nat(999),
      identity,
      quotas,
      units,
      fc.option(strange, { nil: undefined }),
      asked,
    )
    .map(([call, cents, who, used, counted, upstreamId, whom]) =>
      closeOf(call, `0.${cents}`, {
        ...whom,
        identity: who,
        quotas: used,
        charge: chargeOf(`0.${cents}`, { units: counted }),
        upstreamId,
        attempts: [{ provider: 'openai', status: 200, reason: upstreamId ?? 'ok' }],
      }),
    ),
);
const sequence = fc.integer({ min: 1, max: 1_000_000_000 });

describe('the law of journal lines', () => {
  it('decode ∘ encode = id', () => {
    fc.assert(
      fc.property(sequence, record, (number, written) => {
        const line = encodeLine(number, written);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(decodeLine(line.slice(0, -1))).toEqual({ sequence: number, record: written });
      }),
    );
  });

  it('a line of which any byte was changed is no line', () => {
    fc.assert(
      fc.property(
        sequence,
        record,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (number, written, at, flip) => {
          const bytes = Buffer.from(encodeLine(number, written).slice(0, -1));
          const place = at % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ flip;
          expect(decodeLine(bytes.toString('utf8'))).toBeUndefined();
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('a line that was cut anywhere is no line', () => {
    const line = encodeLine(1, closeOf('c1')).slice(0, -1);
    for (let length = 0; length < line.length; length++)
      expect(decodeLine(line.slice(0, length))).toBeUndefined();
  });
});

describe('the law of segments', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'segment-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('whole lines are read once, in order, whatever was written between two readings', () => {
    const file = join(folder, 'one');
    const pieces = fc.array(fc.tuple(record, fc.nat(400)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pieces, (parts) => {
        writeFileSync(file, '');
        let offset = 0;
        const read: unknown[] = [];
        const take = () => {
          const found = readSegment(file, offset);
          expect(found.damaged).toEqual([]);
          ({ offset } = found);
          read.push(...found.lines.map((line) => line.record));
        };
        parts.forEach(([written, at], index) => {
          const bytes = Buffer.from(encodeLine(index + 1, written));
          const middle = at % bytes.length;
          appendFileSync(file, bytes.subarray(0, middle));
          take();
          appendFileSync(file, bytes.subarray(middle));
          if (at % 2 === 0) take();
        });
        take();
        expect(read).toEqual(parts.map(([written]) => written));
        expect(readSegment(file, offset)).toEqual({ lines: [], offset, damaged: [], torn: false });
      }),
      { numRuns: 100 },
    );
  });

  it('a torn last line is not read, and a damaged one hides no other', () => {
    const file = join(folder, 'two');
    const [first, second, third] = [1, 2, 3].map((number) =>
      encodeLine(number, closeOf(`c${number}`)),
    );
    writeFileSync(
      file,
      `${first ?? ''}${second?.replace('c2', 'cX') ?? ''}${third ?? ''}half a li`,
    );
    const { lines, damaged, torn } = readSegment(file, 0);
    expect(lines.map((line) => line.sequence)).toEqual([1, 3]);
    expect([damaged.length, torn]).toEqual([1, true]);
  });
});

/** The id of a call is never used again: nothing follows its close. */
function withoutReuse(records: readonly JournalRecord[]): JournalRecord[] {
  const closed = new Set<string>();
  return records.filter(({ type, call }) => {
    if (closed.has(call)) return false;
    if (type === 'close') closed.add(call);
    return true;
  });
}

describe('the law of a journal’s state', () => {
  it('gives every close once, abandons exactly what is open, and a reader that starts over agrees', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        (written, size) => {
          const records = withoutReuse(written);
          const lines = records.map((entry, at) => ({
            line: { sequence: at + 1, record: entry },
            segment: String(Math.floor(at / size)).padStart(4, '0'),
          }));
          const state = new JournalState();
          const closes = lines.flatMap(({ line, segment }) => state.apply(line, segment) ?? []);
          expect(closes.map(({ close }) => close)).toEqual(
            records.filter(({ type }) => type === 'close'),
          );
          expect(state.takeGaps()).toEqual([]);

          const open = new Set<string>();
          for (const { type, call } of records) {
            if (type === 'open') open.add(call);
            if (type === 'close') open.delete(call);
          }
          const abandoned = state.abandoned(0);
          expect(new Set(abandoned.map(({ close }) => close.call))).toEqual(open);
          for (const { close } of abandoned) expect(close.charge.rank).toBe('estimate');

          // Segments that nothing holds are gone: who reads the rest again knows the same of the calls that are open.
          const again = new JournalState();
          for (const { line, segment } of lines)
            if (state.isHeld(segment)) again.apply(line, segment);
          const known = new Map(again.abandoned(0).map(({ close }) => [close.call, close]));
          for (const { close } of abandoned) expect(known.get(close.call)).toEqual(close);
        },
      ),
      { numRuns: 500 },
    );
  });
});
