import { Body, Controller, Module, Patch, UseGuards } from '@nestjs/common';
import { IsInt, IsOptional } from 'class-validator';
import type { AdminRequest } from '../../src/core/admin.js';
import { GatewayError } from '../../src/core/errors.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { PLATFORM, type RouteAccess } from '../../src/tenants/access/route-access.js';
import { ROUTES } from '../../src/tenants/access/route-table.js';
import {
  AdminChangeService,
  AdminGuard,
  Caller,
  requireVersion,
  TenantsModule,
} from '../../src/tenants/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from './admin.js';
import type { AdminAnswer } from './admin-caller.js';

export const COUNTER = '/admin/v1/counter';

class AddDto {
  @IsInt()
  add: number;

  @IsOptional()
  fail?: boolean;
}

interface CounterView {
  object: 'counter';
  id: string;
  /** As if it were shown once. */
  secret: string;
  version: number;
}

/** What the counter is told by a test, and tells it. */
class CounterState {
  organization: TestOrganization;
  /** How often the work was done. */
  works = 0;
  /** The work waits for it before it reads. */
  gate: Promise<void> = Promise.resolve();
}

/** A counter, which is an organization's version: a thing of the admin API that can be added to. */
@Controller('admin/v1/counter')
@UseGuards(AdminGuard)
class CounterController {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly state: CounterState,
  ) {}

  @Patch()
  add(@Caller() caller: AdminRequest, @Body() { add, fail }: AddDto): Promise<CounterView> {
    const { id } = this.state.organization;
    const where = { id };
    return this.changes.run(caller, id, async ({ transaction, record }) => {
      this.state.works++;
      await this.state.gate;
      const { version: before } = await transaction.organization.findUniqueOrThrow({ where });
      requireVersion(caller, before);
      const version = before + add;
      await transaction.organization.update({ where, data: { version } });
      record({ action: 'counter.add', targetKind: 'counter', targetId: id, after: { version } });
      if (fail) throw new GatewayError('overloaded');
      return { object: 'counter', id, secret: `secret-of-${version}`, version };
    });
  }
}

@Module({ controllers: [CounterController], providers: [CounterState] })
class CounterModule {}

/** The admin API with a counter in it. */
export interface CounterApi {
  readonly api: AdminApi;
  readonly state: CounterState;
  /** Asks an operator's counter. */
  add(body: object, headers?: Record<string, string>): Promise<AdminAnswer>;
  /** A counter at 1, with an empty audit log. */
  reset(): Promise<void>;
  /** Where the counter and its audit log are. */
  stored(): Promise<{ version: unknown; entries: number }>;
  /** The sessions that wait for another one. */
  readonly waiting: () => Promise<unknown[]>;
}

/** Starts it. */
export async function startCounterApi(): Promise<CounterApi> {
  // Every route must be in the table, this one too.
  (ROUTES as Record<string, RouteAccess>)[`PATCH ${COUNTER}`] = PLATFORM;
  const modules = [PlatformModule, HttpModule, TenantsModule, CounterModule];
  const api = await startAdminApi({ modules });
  const state = api.app.get(CounterState);
  const rowsOf = (sql: string) => api.rows.query(sql, [state.organization.id]);
  return {
    api,
    state,
    add: (body, headers = {}) => api.operator.patch(COUNTER, body, headers),
    reset: async () => {
      state.organization = await api.makeOrganization();
      state.works = 0;
      state.gate = Promise.resolve();
    },
    stored: async () => {
      const [row] = await rowsOf('SELECT version FROM organization WHERE id = $1');
      const entries = await rowsOf('SELECT 1 FROM audit_entry WHERE organization_id = $1');
      return { version: row?.['version'], entries: entries.length };
    },
    waiting: () =>
      api.rows.query(`SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`),
  };
}
