import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { AdminChangeService } from '../../tenants/index.js';
import type {
  HeldLeaseView,
  QuarantinedProcessList,
  QuarantinedProcessView,
  QuarantineReleaseDto,
  QuarantineReleaseView,
} from './quarantine.dto.js';

interface QuarantinedRow {
  readonly id: string;
  readonly machine: string;
  readonly deadline: Date;
  readonly leases: HeldLeaseView[];
}

/** Machines that are gone: what they still have leased, and an operator's word that they will not come back. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
  ) {}

  list(): Promise<QuarantinedProcessList> {
    return this.database.everywhere(async (transaction) => {
      const rows = await readQuarantined(transaction, null);
      return {
        object: 'list' as const,
        data: rows.map(processView),
        has_more: false,
        next_cursor: null,
      };
    });
  }

  /**
   * Releases what the processes of a machine have leased. What its journal tells later, should it come back after all,
   * is charged all the same and put on record as late.
   * @throws GatewayError resource_not_found where the machine is not in quarantine
   */
  release(
    request: AdminRequest,
    { machine, reason }: QuarantineReleaseDto,
  ): Promise<QuarantineReleaseView> {
    return this.changes.run(request, null, async ({ transaction, record }) => {
      const rows = await readQuarantined(transaction, machine);
      if (rows.length === 0) {
        const message = 'There is no such machine in quarantine.';
        throw new GatewayError('resource_not_found', { message });
      }
      await transaction.$queryRaw`SELECT process_id FROM release_quarantine(${machine})`;
      const processes = rows.map(processView);
      const view = { object: 'quarantine_release' as const, id: machine, reason, processes };
      record({
        action: 'quarantine.release',
        targetKind: 'machine',
        targetId: machine,
        after: view,
      });
      return view;
    });
  }
}

/** With null of all machines. */
function readQuarantined(
  transaction: Prisma.TransactionClient,
  machine: string | null,
): Promise<QuarantinedRow[]> {
  return transaction.$queryRaw<QuarantinedRow[]>`
    SELECT id, machine, deadline, (
      SELECT coalesce(jsonb_agg(jsonb_build_object('quota_id', quota_id, 'amount', trim_scale(granted)::text)
        ORDER BY quota_id), '[]') FROM lease WHERE process_id = process.id) AS leases
    FROM process WHERE state = 'quarantined' AND deadline < clock_timestamp()
      AND (${machine}::text IS NULL OR ${machine} IN (machine, machine_of(machine)))
    ORDER BY id FOR UPDATE`;
}

function processView({ id, machine, deadline, leases }: QuarantinedRow): QuarantinedProcessView {
  return {
    object: 'quarantined_process',
    id,
    machine,
    deadline: deadline.toISOString(),
    leases,
  };
}
