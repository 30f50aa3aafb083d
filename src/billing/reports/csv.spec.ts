import { describe, expect, it } from '@jest/globals';
import { Amount, toCsv, type Cell } from './csv.js';

async function written(rows: readonly (readonly Cell[])[], names = ['a']): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of toCsv(names, rows)) pieces.push(String(piece));
  return pieces.join('');
}

/** The one cell of a line, without the quotes around it. */
async function cellOf(cell: Cell): Promise<string> {
  const [, text = ''] = /^a\r\n([^]*)\r\n$/.exec(await written([[cell]])) ?? [];
  return text.replace(/^"([^]*)"$/, '$1');
}

describe('CSV', () => {
  it('has a line of names, quotes what must be quoted, and leaves nothing empty out', async () => {
    const rows: Cell[][] = [
      ['x,"y"\r\n', 1, 2n],
      [null, 3, new Amount('0.1')],
    ];
    expect(await written(rows, ['a', 'b', 'c'])).toBe('a,b,c\r\n"x,""y""\r\n",1,2\r\n,3,0.1\r\n');
    expect(await written([], ['a', 'b'])).toBe('a,b\r\n');
  });

  it.each([
    '=HYPERLINK("http://x")',
    '+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '  \t -1',
    '\u00a0=1',
    '\u3000+1',
    '\u200b=1',
    '\ufeff@x',
    '\u0000=1',
    '\u001f-1',
    '\u0085=1',
    '\uff1d1',
    ' \uff1d1',
    '\nplain',
    '\u2028plain',
  ])('gives %j as a text, not as a formula', async (text) => {
    expect(await cellOf(text)).toBe(`'${text.replaceAll('"', '""')}`);
  });

  it.each(['a=1', 'a -1', ' a', "'", '1-1', 'é'])('leaves %j as it is', async (text) => {
    expect(await cellOf(text)).toBe(text);
  });

  it('escapes names of columns, too', async () => {
    expect(await written([], ['tag:a', ' =1'])).toBe("tag:a,' =1\r\n");
  });

  it('leaves numbers numbers, below zero as well', async () => {
    expect(await cellOf(-1)).toBe('-1');
    expect(await cellOf(-12345678901234567890n)).toBe('-12345678901234567890');
    expect(await cellOf(new Amount('-0.000000000001'))).toBe('-0.000000000001');
  });

  it('breaks off where its rows do', async () => {
    async function* rows(): AsyncGenerator<Cell[]> {
      yield ['first'];
      await Promise.resolve();
      throw new Error('no more');
    }
    const read = async (): Promise<void> => {
      for await (const piece of toCsv(['a'], rows())) expect(String(piece)).toMatch(/a|first/);
    };
    await expect(read()).rejects.toThrow('no more');
  });
});
