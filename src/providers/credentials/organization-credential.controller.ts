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
import { CredentialChangeService } from './credential-change.service.js';
import { CredentialListService } from './credential-list.service.js';
import {
  CreateCredentialDto,
  CredentialListView,
  CredentialQueryDto,
  CredentialView,
  UpdateCredentialDto,
  VerifyQueryDto,
} from './credential.dto.js';

@Controller('admin/v1/organizations/:organization_id/credentials')
@UseGuards(AdminGuard)
export class OrganizationCredentialController {
  constructor(
    private readonly credentials: CredentialListService,
    private readonly changes: CredentialChangeService,
  ) {}

  /** Lists the provider credentials of an organization, newest first. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: CredentialQueryDto,
  ): Promise<CredentialListView> {
    return this.credentials.list(organizationId, query);
  }

  /** Saves a provider credential of an organization, after the provider has accepted it. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Query() { verify }: VerifyQueryDto,
    @Body() body: CreateCredentialDto,
  ): Promise<CredentialView> {
    return this.changes.create(caller, organizationId, body, verify !== 'false');
  }

  /** Gives a provider credential of an organization, without its secret. */
  @Get(':credential_id')
  get(
    @Param('organization_id') organizationId: string,
    @Param('credential_id') id: string,
  ): Promise<CredentialView> {
    return this.credentials.get(organizationId, id);
  }

  /** Changes a provider credential of an organization; a new secret is tried first. */
  @Patch(':credential_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('credential_id') id: string,
    @Query() { verify }: VerifyQueryDto,
    @Body() body: UpdateCredentialDto,
  ): Promise<CredentialView> {
    return this.changes.update(caller, organizationId, id, body, verify !== 'false');
  }

  /** Deletes a provider credential of an organization; calls stop using it at once. */
  @Delete(':credential_id')
  remove(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('credential_id') id: string,
  ): Promise<DeletedView> {
    return this.changes.remove(caller, organizationId, id);
  }
}
