import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';
import { toList } from './list.js';
import { cursorOfCreated, newestFirst } from './newest-first.js';

const noCursor = expect.objectContaining({ code: 'invalid_parameter', param: 'cursor' });

describe('a cursor', () => {
  it('gives back what it was made of, and fits into a URL', () => {
    const part = fc.string({ maxLength: 60, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const cursor = encodeCursor(parts);
        expect(cursor).toMatch(/^[\w-]*$/);
        expect(decodeCursor(cursor, parts.length)).toEqual(parts);
      }),
    );
  });

  it('is none if it was not made so', () => {
    const json = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const others = ['', 'x', '%', json({}), json(null), json(['a']), json(['a', 1]), json('ab')];
    for (const text of [...others, json(['a', 'b\0']), json(['a', 'é']), json(['a', 'b', 'c'])])
      expect(() => decodeCursor(text, 2)).toThrow(noCursor);
  });

  it('is never anything but parts or a refusal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(decodeCursor(text, 2)).toHaveLength(2);
        } catch (error) {
          expect(error).toEqual(noCursor);
        }
      }),
    );
  });
});

describe('toList', () => {
  const page = (rows: number[], limit: number) => toList(rows, limit, (row) => row * 10, String);

  it('gives a page, and the cursor of its last row if there are more', () => {
    expect(page([1, 2, 3], 2)).toEqual({
      object: 'list',
      data: [10, 20],
      has_more: true,
      next_cursor: '2',
    });
  });

  it.each([[[]], [[1]], [[1, 2]]])('says of %j that this is all', (rows) => {
    expect(page(rows, 2)).toMatchObject({ has_more: false, next_cursor: null });
    expect(page(rows, 2).data).toHaveLength(rows.length);
  });
});

describe('newestFirst', () => {
  const createdAt = new Date('2026-01-31T08:00:00.123Z');

  it('asks for one row more than a page', () => {
    expect(newestFirst({ limit: 50 })).toEqual({
      where: {},
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: 51,
    });
  });

  it('goes on after the row of the cursor', () => {
    const cursor = cursorOfCreated({ id: 'key_1', createdAt });
    expect(newestFirst({ limit: 1, cursor }).where).toEqual({
      OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: 'key_1' } }],
    });
  });

  it('refuses a cursor without a time', () => {
    for (const time of ['', 'soon', '-100000-01-01T00:00:00.000Z'])
      expect(() => newestFirst({ limit: 1, cursor: encodeCursor([time, 'key_1']) })).toThrow(
        noCursor,
      );
  });
});
