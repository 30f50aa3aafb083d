import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../../tenants/index.js';
import { PlatformUsageQueryDto, UsageQueryDto, UsageReportView } from './usage.dto.js';
import { UsageService } from './usage.service.js';

@Controller('admin/v1')
@UseGuards(AdminGuard)
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  /** Adds up the requests of all organizations by key, model, provider, project, member, day or hour. */
  @Get('usage')
  ofPlatform(
    @Query() { organization_id, ...query }: PlatformUsageQueryDto,
  ): Promise<UsageReportView> {
    return this.usage.report(organization_id, query);
  }

  /** Adds up the requests of an organization by key, model, provider, project, member, day or hour. */
  @Get('organizations/:organization_id/usage')
  ofOrganization(
    @Param('organization_id') organizationId: string,
    @Query() query: UsageQueryDto,
  ): Promise<UsageReportView> {
    return this.usage.report(organizationId, query);
  }
}
