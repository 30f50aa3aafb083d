import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../../tenants/index.js';
import { AuditRunList, AuditRunQueryDto } from './audit-run.dto.js';
import { AuditRunsService } from './audit-runs.service.js';

@Controller('admin/v1/audit-runs')
@UseGuards(AdminGuard)
export class AuditRunsController {
  constructor(private readonly runs: AuditRunsService) {}

  /** Lists the audits of the books and what they found, newest first. */
  @Get()
  list(@Query() query: AuditRunQueryDto): Promise<AuditRunList> {
    return this.runs.list(query);
  }
}
