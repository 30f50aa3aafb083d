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
import { AdminGuard, Caller, DeletedView } from '../../tenants/index.js';
import {
  CreateLimitDto,
  LimitList,
  LimitQueryDto,
  LimitView,
  UpdateLimitDto,
} from './limit.dto.js';
import { LimitsService } from './limits.service.js';

@Controller('admin/v1/organizations/:organization_id/limits')
@UseGuards(AdminGuard)
export class LimitsController {
  constructor(private readonly limits: LimitsService) {}

  /** Lists the limits of requests and tokens of an organization and of what belongs to it. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: LimitQueryDto,
  ): Promise<LimitList> {
    return this.limits.list(organizationId, query);
  }

  /** Limits the requests or tokens of an organization, a project, a key or all free models. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: CreateLimitDto,
  ): Promise<LimitView> {
    return this.limits.create(caller, organizationId, body);
  }

  /** Shows a limit and what is used of it. */
  @Get(':limit_id')
  get(
    @Param('organization_id') organizationId: string,
    @Param('limit_id') id: string,
  ): Promise<LimitView> {
    return this.limits.get(organizationId, id);
  }

  /** Changes the amount of a limit. */
  @Patch(':limit_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('limit_id') id: string,
    @Body() body: UpdateLimitDto,
  ): Promise<LimitView> {
    return this.limits.update(caller, organizationId, id, body);
  }

  /** Takes a limit away. */
  @Delete(':limit_id')
  delete(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('limit_id') id: string,
  ): Promise<DeletedView> {
    return this.limits.delete(caller, organizationId, id);
  }
}
