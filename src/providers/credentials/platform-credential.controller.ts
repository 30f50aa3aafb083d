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

@Controller('admin/v1/credentials')
@UseGuards(AdminGuard)
export class PlatformCredentialController {
  constructor(
    private readonly credentials: CredentialListService,
    private readonly changes: CredentialChangeService,
  ) {}

  /** Lists the stored provider credentials of the platform, newest first. */
  @Get()
  list(@Query() query: CredentialQueryDto): Promise<CredentialListView> {
    return this.credentials.list(null, query);
  }

  /** Saves a provider credential of the platform, after the provider has accepted it. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Query() { verify }: VerifyQueryDto,
    @Body() body: CreateCredentialDto,
  ): Promise<CredentialView> {
    return this.changes.create(caller, null, body, verify !== 'false');
  }

  /** Gives a provider credential of the platform, without its secret. */
  @Get(':credential_id')
  get(@Param('credential_id') id: string): Promise<CredentialView> {
    return this.credentials.get(null, id);
  }

  /** Changes a provider credential of the platform; a new secret is tried first. */
  @Patch(':credential_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('credential_id') id: string,
    @Query() { verify }: VerifyQueryDto,
    @Body() body: UpdateCredentialDto,
  ): Promise<CredentialView> {
    return this.changes.update(caller, null, id, body, verify !== 'false');
  }

  /** Deletes a provider credential of the platform; calls stop using it at once. */
  @Delete(':credential_id')
  remove(@Caller() caller: AdminRequest, @Param('credential_id') id: string): Promise<DeletedView> {
    return this.changes.remove(caller, null, id);
  }
}
