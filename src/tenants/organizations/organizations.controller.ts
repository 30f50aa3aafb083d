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
import { OrganizationDeletionService } from './organization-deletion.service.js';
import {
  CreateOrganizationDto,
  NewOrganizationView,
  OrganizationList,
  OrganizationQueryDto,
  OrganizationView,
  UpdateOrganizationDto,
} from './organization.dto.js';
import { OrganizationsService } from './organizations.service.js';

@Controller('admin/v1/organizations')
@UseGuards(AdminGuard)
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly deletion: OrganizationDeletionService,
  ) {}

  /** Lists the organizations of the platform. */
  @Get()
  list(@Query() query: OrganizationQueryDto): Promise<OrganizationList> {
    return this.organizations.list(query);
  }

  /** Makes an organization, with an owner and the owner's admin token where one is named. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Body() body: CreateOrganizationDto,
  ): Promise<NewOrganizationView> {
    return this.organizations.create(caller, body);
  }

  /** Shows an organization. */
  @Get(':organization_id')
  get(@Param('organization_id') id: string): Promise<OrganizationView> {
    return this.organizations.get(id);
  }

  /** Changes an organization. */
  @Patch(':organization_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') id: string,
    @Body() body: UpdateOrganizationDto,
  ): Promise<OrganizationView> {
    return this.organizations.update(caller, id, body);
  }

  /** Deletes an organization: nobody gets in any more, its content is erased soon after, and its ledger stays. */
  @Delete(':organization_id')
  delete(
    @Caller() caller: AdminRequest,
    @Param('organization_id') id: string,
  ): Promise<DeletedView> {
    return this.deletion.delete(caller, id);
  }
}
