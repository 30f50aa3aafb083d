import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/** A cell: a text is shown as it is, a number or an amount counts. */
export type Cell = string | number | bigint | Amount | null;

/** Decimal USD: a number to a spreadsheet, whatever its sign. */
export class Amount {
  constructor(readonly usd: string) {}
}

/**
 * A text that spreadsheets may take for a formula though something invisible stands before it: blanks, line ends, marks
 * without width. What begins with one at once csv-stringify sees itself (OWASP, CSV injection).
 */
const HIDDEN_FORMULA =
  /^[\s\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2060\ufeff]+[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const LINE_END_FIRST = /^[\n\v\f\u0085\u2028\u2029]/;

/** Rows as CSV (RFC 4180) after a line with the names of the columns. A row is made when somebody reads on. */
export function toCsv(
  names: readonly string[],
  rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>,
): Readable {
  const csv = stringify({
    header: true,
    columns: [...names],
    record_delimiter: '\r\n',
    escape_formulas: true,
    cast: { string: asText, object: asNumber },
  });
  // An error of the rows destroys the stream, and so the answer: nobody takes a part for the whole.
  pipeline(Readable.from(rows), csv, () => undefined);
  return csv;
}

function asText(text: string): string {
  return HIDDEN_FORMULA.test(text) || LINE_END_FIRST.test(text) ? `'${text}` : text;
}

function asNumber(value: object): string | { value: string; escape_formulas: boolean } {
  return value instanceof Amount ? { value: value.usd, escape_formulas: false } : '';
}
