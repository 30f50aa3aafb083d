import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Prisma, Project } from '../../generated/prisma/client.js';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { AdminChangeService } from '../admin/admin-change.service.js';
import { deletedView, type DeletedView } from '../admin/deleted.dto.js';
import { requireVersion } from '../admin/version.js';
import { projectView } from './project-view.js';
import type {
  CreateProjectDto,
  ProjectList,
  ProjectQueryDto,
  ProjectView,
  UpdateProjectDto,
} from './project.dto.js';

/** The projects of an organization. */
@Injectable()
export class ProjectsService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
  ) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  list(organizationId: string, query: ProjectQueryDto): Promise<ProjectList> {
    const { where, ...page } = newestFirst(query);
    const { status = 'active' } = query;
    return this.database.within(organizationId, async (transaction) => {
      const rows = await transaction.project.findMany({
        where: { AND: [{ organizationId, status }, where] },
        ...page,
      });
      return toList(rows, query.limit, projectView, cursorOfCreated);
    });
  }

  /** @throws GatewayError resource_not_found */
  get(organizationId: string, id: string): Promise<ProjectView> {
    return this.database.within(organizationId, async (transaction) =>
      projectView(await find(transaction, organizationId, id)),
    );
  }

  create(
    request: AdminRequest,
    organizationId: string,
    { name, mode = 'credits' }: CreateProjectDto,
  ): Promise<ProjectView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const id = ID_PREFIX.project + nextUlid();
      const row = await transaction.project.create({ data: { id, organizationId, name, mode } });
      const after = projectView(row);
      record({ action: 'project.create', targetKind: 'project', targetId: id, after });
      return after;
    });
  }

  /** @throws GatewayError resource_not_found, precondition_failed */
  update(
    request: AdminRequest,
    organizationId: string,
    id: string,
    body: UpdateProjectDto,
  ): Promise<ProjectView> {
    return this.change(request, organizationId, id, 'project.update', body);
  }

  /** From then on its keys are refused. @throws GatewayError resource_not_found, precondition_failed */
  async archive(request: AdminRequest, organizationId: string, id: string): Promise<DeletedView> {
    await this.change(request, organizationId, id, 'project.archive', { status: 'archived' });
    return deletedView('project', id);
  }

  private change(
    request: AdminRequest,
    organizationId: string,
    id: string,
    action: string,
    { name, mode, status }: UpdateProjectDto,
  ): Promise<ProjectView> {
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      const before = await find(transaction, organizationId, id);
      requireVersion(request, before.version);
      const row = await transaction.project.update({
        where: { id, organizationId },
        data: { name, mode, status, version: { increment: 1 } },
      });
      const after = projectView(row);
      record({ action, targetKind: 'project', targetId: id, before: projectView(before), after });
      return after;
    });
  }
}

async function find(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  id: string,
): Promise<Project> {
  const row = await transaction.project.findFirst({ where: { id, organizationId } });
  if (row) return row;
  throw new GatewayError('resource_not_found', { message: 'There is no such project.' });
}
