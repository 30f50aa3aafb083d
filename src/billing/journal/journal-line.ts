import { crc32 } from 'node:zlib';
import type { JournalRecord } from './journal-record.js';
import { JsonBytes } from '../../core/json-bytes.js';
import { writeRecord } from './record-json.js';

/** A record as it stands in a segment. */
export interface JournalLine {
  readonly sequence: number;
  readonly record: JournalRecord;
}

const CHECKSUM_LENGTH = 8;
const FIRST_BYTES = 64 * 1024;
const SPACE = 32;
const LINE_FEED = 10;
const HEX = Buffer.from('0123456789abcdef');

/**
 * Writes lines into one buffer that is used again for every batch. A line of a segment: checksum of the rest in hex,
 * sequence number, record as JSON, line feed.
 */
export class LineEncoder {
  private readonly lines = new JsonBytes(FIRST_BYTES);

  /** Adds a line to the batch. */
  add(sequence: number, record: JournalRecord): void {
    const { lines } = this;
    const begin = lines.end;
    lines.reserve(CHECKSUM_LENGTH + 1);
    lines.end += CHECKSUM_LENGTH;
    lines.byte(SPACE);
    const start = lines.end;
    lines.number(sequence);
    lines.byte(SPACE);
    writeRecord(lines, record);
    this.writeChecksum(begin, crc32(lines.buffer.subarray(start, lines.end)));
    lines.byte(LINE_FEED);
  }

  /** The batch; valid until the next `add`, which begins a new one. */
  take(): Buffer {
    const { lines } = this;
    const batch = lines.buffer.subarray(0, lines.end);
    lines.end = 0;
    return batch;
  }

  private writeChecksum(at: number, checksum: number): void {
    const { buffer } = this.lines;
    for (let place = 0; place < CHECKSUM_LENGTH; place++) {
      buffer[at + place] = HEX[(checksum >>> (28 - 4 * place)) & 15] ?? 0;
    }
  }
}

/** One line as text. */
export function encodeLine(sequence: number, record: JournalRecord): string {
  const encoder = new LineEncoder();
  encoder.add(sequence, record);
  return encoder.take().toString('utf8');
}

/** Reads a line without its line feed; undefined if it is torn or was changed. */
export function decodeLine(line: string): JournalLine | undefined {
  const body = line.slice(CHECKSUM_LENGTH + 1);
  if (line.charAt(CHECKSUM_LENGTH) !== ' ' || line.slice(0, CHECKSUM_LENGTH) !== checksumOf(body))
    return undefined;
  const space = body.indexOf(' ');
  const record = parsed(body.slice(space + 1));
  return record && { sequence: Number(body.slice(0, space)), record };
}

/** A line that is no JSON must not keep its reader from the lines behind it. */
function parsed(json: string): JournalRecord | undefined {
  try {
    return JSON.parse(json) as JournalRecord;
  } catch {
    return undefined;
  }
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_LENGTH, '0');
}
