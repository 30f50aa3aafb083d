import { BillError } from './bill.js';

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** False of a last one without a line end. */
  readonly isEnded: boolean;
}

// A field in quotes or without, and what ends it (RFC 4180).
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/**
 * The records of a CSV text; empty lines are passed over.
 * @throws BillError where a quote stays open, or the text ends before a field: such a file was cut.
 */
export function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let line = 1;
  let begin = 1;
  let fields: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < content.length) {
    const match = FIELD.exec(content);
    if (!match) throw new BillError(line, 'is no CSV, or its quotes do not end: is the file cut?');
    const [whole, quoted, plain = '', end] = match;
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    const isEnded = end !== '';
    if (fields.length > 1 || fields[0] !== '') records.push({ line: begin, fields, isEnded });
    fields = [];
    begin = line;
  }
  if (fields.length > 0) throw new BillError(line, 'does not end: is the file cut?');
  return records;
}
