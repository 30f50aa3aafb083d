import { readdirSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { readSegment } from '../../src/billing/journal/segment.adapter.js';
import type { CloseRecord } from '../../src/billing/journal/journal-record.js';
import type { Random } from './random.js';

interface WrittenClose {
  /** Its writer. */
  readonly processId: string;
  readonly close: CloseRecord;
}

/** The ends of calls that journals hold. */
export function closesIn(journalRoot: string): WrittenClose[] {
  const folders = readdirSync(journalRoot, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  );
  return folders.flatMap(({ name }) =>
    segmentsOf(path.join(journalRoot, name)).flatMap((segment) =>
      recordsOf(segment).flatMap((record) =>
        record.type === 'close' ? [{ processId: name, close: record }] : [],
      ),
    ),
  );
}

function segmentsOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => path.join(folder, name));
}

function recordsOf(segment: string) {
  let offset = 0;
  const records = [];
  for (;;) {
    const read = readSegment(segment, offset);
    records.push(...read.lines.map(({ record }) => record));
    if (read.offset === offset) return records;
    offset = read.offset;
  }
}

/** Posts them in batches of any size and in any order, two batches at a time. */
export async function postShuffled(
  database: pg.Pool,
  closes: readonly WrittenClose[],
  random: Random,
): Promise<void> {
  const batches = shuffled(batchesOf(shuffled(closes, random), random), random);
  for (let at = 0; at < batches.length; at += 2) {
    const two = batches.slice(at, at + 2);
    await Promise.all(two.map((batch) => post(database, batch)));
  }
}

/** Of one writer each, as the poster makes them. */
function batchesOf(closes: readonly WrittenClose[], random: Random): WrittenClose[][] {
  const batches: WrittenClose[][] = [];
  for (const processId of new Set(closes.map((one) => one.processId))) {
    const own = closes.filter((one) => one.processId === processId);
    while (own.length > 0) batches.push(own.splice(0, random.between(1, 50)));
  }
  return batches;
}

async function post(database: pg.Pool, batch: readonly WrittenClose[]): Promise<void> {
  const [first] = batch;
  if (!first) return;
  const closes = JSON.stringify(batch.map(({ close }) => close));
  await database.query('SELECT post_calls($1, $2::jsonb)', [first.processId, closes]);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(random.between(0, left.length - 1), 1));
  return order;
}
