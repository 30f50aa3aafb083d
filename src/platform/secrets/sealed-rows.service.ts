import { Injectable } from '@nestjs/common';
import { PrismaService } from '../prisma.service.js';

/** The wrapped data key of a row; bytes are in base64. */
export interface WrappedRow {
  readonly id: string;
  /** The rest of a key of two columns, else empty. */
  readonly subkey: string;
  readonly keyId: string;
  readonly wrappedKey: string;
}

/** A row's data key, wrapped anew. */
export interface RewrappedRow extends WrappedRow {
  readonly newWrappedKey: string;
}

/** A table with sealed columns. */
export interface SealedTable {
  readonly name: string;
  /** The next rows, in the order of their ids, whose key-encryption key is another than `current`. */
  page(current: string, after: WrappedRow | undefined, limit: number): Promise<WrappedRow[]>;
  /** Puts the new wrapped keys where the old ones still are; gives how many that were. */
  replace(current: string, rows: readonly RewrappedRow[]): Promise<number>;
  /** How many rows there are by key-encryption key, the current one left out. */
  left(current: string): Promise<{ readonly keyId: string; readonly rows: number }[]>;
}

/** Every table with sealed columns. */
@Injectable()
export class SealedRowsService {
  readonly tables: readonly SealedTable[];

  constructor(prisma: PrismaService) {
    this.tables = [credentials(prisma), bodies(prisma), answers(prisma)];
  }
}

function credentials(prisma: PrismaService): SealedTable {
  return {
    name: 'provider_credential',
    page: (current, after, limit) => prisma.$queryRaw<WrappedRow[]>`
      SELECT id, '' AS subkey, key_id AS "keyId", encode(wrapped_key, 'base64') AS "wrappedKey"
      FROM provider_credential WHERE key_id <> ${current} AND id > ${after?.id ?? ''} ORDER BY id LIMIT ${limit}`,
    replace: (current, rows) => prisma.$executeRaw`
      UPDATE provider_credential AS row SET key_id = ${current}, wrapped_key = decode(new.wrapped, 'base64')
      FROM unnest(${rows.map(({ id }) => id)}::text[], ${oldKeys(rows)}::text[], ${newKeys(rows)}::text[])
        AS new (id, old, wrapped)
      WHERE row.id = new.id AND row.wrapped_key = decode(new.old, 'base64')`,
    left: (current) => prisma.$queryRaw`
      SELECT key_id AS "keyId", count(*)::int AS rows FROM provider_credential
      WHERE key_id <> ${current} GROUP BY key_id ORDER BY key_id`,
  };
}

function bodies(prisma: PrismaService): SealedTable {
  return {
    name: 'request_body',
    page: (current, after, limit) => prisma.$queryRaw<WrappedRow[]>`
      SELECT call_id AS id, '' AS subkey, key_id AS "keyId", encode(wrapped_key, 'base64') AS "wrappedKey"
      FROM request_body WHERE key_id <> ${current} AND call_id > ${after?.id ?? ''} ORDER BY call_id LIMIT ${limit}`,
    replace: (current, rows) => prisma.$executeRaw`
      UPDATE request_body AS row SET key_id = ${current}, wrapped_key = decode(new.wrapped, 'base64')
      FROM unnest(${rows.map(({ id }) => id)}::text[], ${oldKeys(rows)}::text[], ${newKeys(rows)}::text[])
        AS new (id, old, wrapped)
      WHERE row.call_id = new.id AND row.wrapped_key = decode(new.old, 'base64')`,
    left: (current) => prisma.$queryRaw`
      SELECT key_id AS "keyId", count(*)::int AS rows FROM request_body
      WHERE key_id <> ${current} GROUP BY key_id ORDER BY key_id`,
  };
}

/** What admin writes were answered, kept for repeated ones. */
function answers(prisma: PrismaService): SealedTable {
  return {
    name: 'idempotency_record',
    page: (current, after, limit) => prisma.$queryRaw<WrappedRow[]>`
      SELECT actor_id AS id, key AS subkey, answer->>'keyId' AS "keyId", answer->>'wrappedKey' AS "wrappedKey"
      FROM idempotency_record
      WHERE answer->>'keyId' <> ${current} AND (actor_id, key) > (${after?.id ?? ''}, ${after?.subkey ?? ''})
      ORDER BY actor_id, key LIMIT ${limit}`,
    replace: (current, rows) => prisma.$executeRaw`
      UPDATE idempotency_record AS row
      SET answer = row.answer || jsonb_build_object('keyId', ${current}::text, 'wrappedKey', new.wrapped)
      FROM unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ subkey }) => subkey)}::text[],
                  ${oldKeys(rows)}::text[], ${newKeys(rows)}::text[]) AS new (id, subkey, old, wrapped)
      WHERE row.actor_id = new.id AND row.key = new.subkey AND row.answer->>'wrappedKey' = new.old`,
    left: (current) => prisma.$queryRaw`
      SELECT answer->>'keyId' AS "keyId", count(*)::int AS rows FROM idempotency_record
      WHERE answer->>'keyId' <> ${current} GROUP BY 1 ORDER BY 1`,
  };
}

function oldKeys(rows: readonly RewrappedRow[]): string[] {
  return rows.map(({ wrappedKey }) => wrappedKey);
}

function newKeys(rows: readonly RewrappedRow[]): string[] {
  return rows.map(({ newWrappedKey }) => newWrappedKey);
}
