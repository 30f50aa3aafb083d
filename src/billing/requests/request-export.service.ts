import { Injectable, Logger } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { RequestDatabaseService } from './request-database.service.js';
import { afterCursor, cursorOf, filterOf, LATEST_FIRST } from './request-filter.js';
import type { RequestFilterDto } from './request-query.dto.js';
import { requestView } from './request-view.js';

const BATCH = 500;

/** The lines of one batch, and where the next one begins. */
interface Batch {
  readonly lines: string;
  readonly next: string | undefined;
}

/** Writes an organization's requests out, as many as there are. */
@Injectable()
export class RequestExportService {
  private readonly logger = new Logger(RequestExportService.name);

  constructor(private readonly database: RequestDatabaseService) {}

  /**
   * The requests as newline-delimited JSON, newest first, in pieces that are read when they are asked for. Each batch
   * is a transaction of its own. Where a later one fails, the last line is the error, with the cursor to go on from.
   * @throws GatewayError while nothing was given: invalid_parameter (cursor, since, until), overloaded
   */
  async lines(organizationId: string, query: RequestFilterDto): Promise<AsyncIterable<string>> {
    const filter = filterOf(query, new Date());
    const read = (cursor: string | undefined): Promise<Batch> =>
      this.batch(organizationId, filter, cursor);
    return this.following(await read(query.cursor), read);
  }

  private async *following(
    first: Batch,
    read: (cursor: string) => Promise<Batch>,
  ): AsyncGenerator<string, void, void> {
    let { lines, next: cursor } = first;
    yield lines;
    while (cursor !== undefined) {
      const place: string = cursor;
      try {
        ({ lines, next: cursor } = await read(place));
      } catch (thrown) {
        const error = toGatewayError(thrown);
        this.logger.warn(`an export was cut: ${error.detail ?? error.message}`);
        yield errorLine(error, place);
        return;
      }
      yield lines;
    }
  }

  private batch(
    organizationId: string,
    filter: Prisma.RequestLogWhereInput,
    cursor: string | undefined,
  ): Promise<Batch> {
    const where = { AND: [{ organizationId }, filter, afterCursor(cursor)] };
    return this.database.read(organizationId, async (transaction) => {
      const rows = await transaction.requestLog.findMany({
        where,
        orderBy: LATEST_FIRST,
        take: BATCH,
      });
      const last = rows.at(-1);
      return {
        lines: rows.map((row) => `${JSON.stringify(requestView(row))}\n`).join(''),
        next: last && rows.length === BATCH ? cursorOf(last) : undefined,
      };
    });
  }
}

/** What stands in place of the rest. */
function errorLine(error: GatewayError, next: string): string {
  return `${JSON.stringify({ object: 'error', ...error.toBody(), next_cursor: next })}\n`;
}
