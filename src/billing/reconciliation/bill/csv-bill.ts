import { formatUsd, type PicoUsd } from '../../../core/money.js';
import { BillError, isDay, parseBilledUsd, type BilledItem } from './bill.js';
import { readCsv, type CsvRecord } from './csv-records.js';

const COLUMNS = ['day', 'model', 'amount'] as const;
const NO_TOTAL =
  'no total follows, the last line of every bill, such as "total,,12.5" with the sum of the amounts: is the file cut?';

/**
 * Reads a bill of the columns day (UTC, YYYY-MM-DD), model (as the provider names it) and amount (USD), in any order,
 * others beside them; the first line names them. A column currency may say nothing but USD. The last line has `total` for
 * its day and the sum of the others for its amount: by it a file that was cut at the end of a line is known.
 * @throws BillError naming the line
 */
export function readCsvBill(text: string): BilledItem[] {
  const [header, ...records] = readCsv(text);
  if (!header) throw new BillError(1, 'the bill is empty');
  requireEnd(header);
  const places = placesOf(header);
  const currency = namesOf(header).indexOf('currency');
  const items: BilledItem[] = [];
  let total: PicoUsd | undefined;
  for (const record of records) {
    const { line, fields } = record;
    if (total !== undefined) throw new BillError(line, 'comes after the total');
    const [day = '', model = '', amount = ''] = places.map((place) => fields[place]?.trim());
    const isTotal = day.toLowerCase() === 'total';
    // Shells and editors take the last line end away. A total that is the sum of the others cannot lack anything else.
    if (!isTotal) requireEnd(record);
    if (fields.length !== header.fields.length)
      throw new BillError(line, `has ${fields.length} columns, not ${header.fields.length}`);
    if (currency >= 0 && fields[currency]?.trim().toLowerCase() !== 'usd')
      throw new BillError(line, 'is not in USD');
    if (isTotal) total = amountOf(amount, line);
    else items.push(itemOf(day, model, amount, line));
    if (total !== undefined) requireSum(items, total, line);
  }
  if (total === undefined) throw new BillError((records.at(-1) ?? header).line, NO_TOTAL);
  if (items.length === 0) throw new BillError(header.line, 'names no day that it bills');
  return items;
}

function requireEnd({ line, isEnded }: CsvRecord): void {
  if (!isEnded) throw new BillError(line, 'does not end: is the file cut?');
}

function namesOf({ fields }: CsvRecord): string[] {
  return fields.map((name) => name.trim().toLowerCase());
}

function placesOf(header: CsvRecord): number[] {
  const names = namesOf(header);
  return COLUMNS.map((column) => {
    const place = names.indexOf(column);
    if (place < 0) throw new BillError(header.line, `names no column ${column}`);
    return place;
  });
}

function itemOf(day: string, item: string, amount: string, line: number): BilledItem {
  if (!isDay(day)) throw new BillError(line, `${JSON.stringify(day)} is no day such as 2026-01-31`);
  if (item === '') throw new BillError(line, 'names no model');
  return { day, item, amount: amountOf(amount, line), line };
}

/** Credits of a provider are negative. */
function amountOf(text: string, line: number): PicoUsd {
  try {
    return parseBilledUsd(text);
  } catch {
    throw new BillError(
      line,
      `${JSON.stringify(text)} is no amount in USD with at most 12 digits on either side of the point`,
    );
  }
}

function requireSum(items: readonly BilledItem[], total: PicoUsd, line: number): void {
  const sum = items.reduce((so, { amount }) => so + amount, 0n);
  if (sum === total) return;
  throw new BillError(
    line,
    `the total is ${formatUsd(total)}, the lines sum to ${formatUsd(sum)}: is one missing?`,
  );
}
