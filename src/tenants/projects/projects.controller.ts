import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { Caller } from '../admin/admin-request.adapter.js';
import { AdminGuard } from '../admin/admin.guard.js';
import { DeletedView } from '../admin/deleted.dto.js';
import {
  CreateProjectDto,
  ProjectList,
  ProjectQueryDto,
  ProjectView,
  UpdateProjectDto,
} from './project.dto.js';
import { ProjectsService } from './projects.service.js';

@Controller('admin/v1/organizations/:organization_id/projects')
@UseGuards(AdminGuard)
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  /** Lists the projects of an organization. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: ProjectQueryDto,
  ): Promise<ProjectList> {
    return this.projects.list(organizationId, query);
  }

  /** Makes a project. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: CreateProjectDto,
  ): Promise<ProjectView> {
    return this.projects.create(caller, organizationId, body);
  }

  /** Shows a project. */
  @Get(':project_id')
  get(
    @Param('organization_id') organizationId: string,
    @Param('project_id') id: string,
  ): Promise<ProjectView> {
    return this.projects.get(organizationId, id);
  }

  /** Changes a project. */
  @Patch(':project_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('project_id') id: string,
    @Body() body: UpdateProjectDto,
  ): Promise<ProjectView> {
    return this.projects.update(caller, organizationId, id, body);
  }

  /** Archives a project: its keys are refused until it is made active again. */
  @Delete(':project_id')
  archive(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('project_id') id: string,
  ): Promise<DeletedView> {
    return this.projects.archive(caller, organizationId, id);
  }
}
