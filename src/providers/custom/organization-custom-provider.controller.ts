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
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { AdminGuard, Caller, DeletedView } from '../../tenants/index.js';
import { CustomDiscoveryService } from './custom-discovery.service.js';
import { CustomProviderChangeService } from './custom-provider-change.service.js';
import { CustomProviderListService } from './custom-provider-list.service.js';
import {
  CreateCustomProviderDto,
  CustomProviderList,
  CustomProviderView,
  DiscoveredModelList,
  UpdateCustomProviderDto,
} from './custom-provider.dto.js';

@Controller('admin/v1/organizations/:organization_id/providers')
@UseGuards(AdminGuard)
export class OrganizationCustomProviderController {
  constructor(
    private readonly providers: CustomProviderListService,
    private readonly changes: CustomProviderChangeService,
    private readonly discovery: CustomDiscoveryService,
  ) {}

  /** Lists the providers that an organization added for itself, newest first. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: PageQueryDto,
  ): Promise<CustomProviderList> {
    return this.providers.list(organizationId, query);
  }

  /** Adds a provider that speaks the dialect of OpenAI, Anthropic or Gemini, for the organization alone. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: CreateCustomProviderDto,
  ): Promise<CustomProviderView> {
    return this.changes.create(caller, organizationId, body);
  }

  /** Shows one provider that an organization added for itself. */
  @Get(':provider_id')
  get(
    @Param('organization_id') organizationId: string,
    @Param('provider_id') id: string,
  ): Promise<CustomProviderView> {
    return this.providers.get(organizationId, id);
  }

  /** Changes the name or the models of a provider that an organization added for itself. */
  @Patch(':provider_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('provider_id') id: string,
    @Body() body: UpdateCustomProviderDto,
  ): Promise<CustomProviderView> {
    return this.changes.update(caller, organizationId, id, body);
  }

  /** Removes a provider that an organization added for itself and its credentials. */
  @Delete(':provider_id')
  remove(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('provider_id') id: string,
  ): Promise<DeletedView> {
    return this.changes.remove(caller, organizationId, id);
  }

  /** Asks a provider that an organization added for itself which models it has. */
  @Get(':provider_id/models')
  models(
    @Param('organization_id') organizationId: string,
    @Param('provider_id') id: string,
  ): Promise<DiscoveredModelList> {
    return this.discovery.models(organizationId, id);
  }
}
