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

@Controller('admin/v1/providers')
@UseGuards(AdminGuard)
export class PlatformCustomProviderController {
  constructor(
    private readonly providers: CustomProviderListService,
    private readonly changes: CustomProviderChangeService,
    private readonly discovery: CustomDiscoveryService,
  ) {}

  /** Lists the providers that operators added for all, newest first. */
  @Get()
  list(@Query() query: PageQueryDto): Promise<CustomProviderList> {
    return this.providers.list(null, query);
  }

  /** Adds a provider that speaks the dialect of OpenAI, Anthropic or Gemini, for all organizations. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Body() body: CreateCustomProviderDto,
  ): Promise<CustomProviderView> {
    return this.changes.create(caller, null, body);
  }

  /** Shows one provider that operators added for all. */
  @Get(':provider_id')
  get(@Param('provider_id') id: string): Promise<CustomProviderView> {
    return this.providers.get(null, id);
  }

  /** Changes the name or the models of a provider that operators added for all. */
  @Patch(':provider_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('provider_id') id: string,
    @Body() body: UpdateCustomProviderDto,
  ): Promise<CustomProviderView> {
    return this.changes.update(caller, null, id, body);
  }

  /** Removes a provider that operators added for all and its credentials. */
  @Delete(':provider_id')
  remove(@Caller() caller: AdminRequest, @Param('provider_id') id: string): Promise<DeletedView> {
    return this.changes.remove(caller, null, id);
  }

  /** Asks a provider that operators added for all which models it has. */
  @Get(':provider_id/models')
  models(@Param('provider_id') id: string): Promise<DiscoveredModelList> {
    return this.discovery.models(null, id);
  }
}
