import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { Prisma } from '../../generated/prisma/client.js';
import { decodeCursor, encodeCursor, noCursor } from '../../platform/pagination/cursor.js';
import { toList } from '../../platform/pagination/list.js';
import { momentOf } from '../../platform/validation/moment.js';
import { accounts } from '../ledger/accounts.js';
import { RequestDatabaseService } from '../requests/request-database.service.js';
import { findTransactions } from './transaction-rows.js';
import { transactionView } from './transaction-view.js';
import type { TransactionList, TransactionQueryDto } from './transaction.dto.js';

/** A place in the list: newest first, by id where two happened together. */
interface Place {
  readonly id: string;
  /** UTC, to the microsecond. */
  readonly time: string;
}

const TIME = /^(?!0000)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d{3}Z$/;

/** Reads what moved a wallet. */
@Injectable()
export class TransactionsService {
  constructor(private readonly database: RequestDatabaseService) {}

  /** A page of a wallet's transactions, newest first. @throws GatewayError invalid_parameter, overloaded */
  list(
    { actor }: AdminRequest,
    organizationId: string,
    query: TransactionQueryDto,
  ): Promise<TransactionList> {
    const conditions = Prisma.join([...conditionsOf(query)], ' AND ');
    return this.database.read(organizationId, async (transaction) => {
      const places = await transaction.$queryRaw<Place[]>`
        SELECT id, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time
        FROM ledger_transaction
        WHERE organization_id = ${organizationId} AND ${conditions} AND EXISTS (
          SELECT FROM posting WHERE transaction_id = id AND account = ${accounts.wallet(organizationId)})
        ORDER BY occurred_at DESC, id DESC LIMIT ${query.limit + 1}`;
      const found = await findTransactions(
        transaction,
        organizationId,
        places.map(({ id }) => id),
      );
      const views = new Map(
        found.map((rows) => [rows.row.id, transactionView(rows, actor.kind === 'operator')]),
      );
      const { data, ...page } = toList(places, query.limit, ({ id }) => views.get(id), cursorOf);
      return { ...page, data: data.filter((view) => view !== undefined) };
    });
  }
}

function* conditionsOf({ kind, since, until, cursor }: TransactionQueryDto): Generator<Prisma.Sql> {
  yield Prisma.sql`true`;
  if (kind !== undefined) yield Prisma.sql`kind = ${kind}`;
  // There is an index of all the others.
  if (kind !== undefined && kind !== 'usage') yield Prisma.sql`kind <> 'usage'`;
  const [from, to] = [momentOf('since', since), momentOf('until', until)];
  if (from) yield Prisma.sql`occurred_at >= ${from}`;
  if (to) yield Prisma.sql`occurred_at < ${to}`;
  if (cursor === undefined) return;
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  if (!isTime(time)) throw noCursor();
  yield Prisma.sql`(occurred_at, id) < (${time}::timestamptz, ${id})`;
}

/** Days that no month has are refused, too: the database would not read them. */
function isTime(text: string): boolean {
  const [, milliseconds = ''] = TIME.exec(text) ?? [];
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === `${milliseconds}Z`;
}

function cursorOf({ time, id }: Place): string {
  return encodeCursor([time, id]);
}
