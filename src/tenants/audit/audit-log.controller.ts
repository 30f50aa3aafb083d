import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../admin/admin.guard.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditEntryList, AuditQueryDto, PlatformAuditQueryDto } from './audit-query.dto.js';

@Controller('admin/v1')
@UseGuards(AdminGuard)
export class AuditLogController {
  constructor(private readonly log: AuditLogService) {}

  /** Lists who changed what, on the platform and in all organizations. */
  @Get('audit-log')
  ofPlatform(@Query() query: PlatformAuditQueryDto): Promise<AuditEntryList> {
    return this.log.ofPlatform(query);
  }

  /** Lists who changed what in an organization. */
  @Get('organizations/:organization_id/audit-log')
  ofOrganization(
    @Param('organization_id') organizationId: string,
    @Query() query: AuditQueryDto,
  ): Promise<AuditEntryList> {
    return this.log.ofOrganization(organizationId, query);
  }
}
