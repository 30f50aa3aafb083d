import { Controller, Get, Headers, Param, Query, StreamableFile, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { Answers } from '../../platform/openapi/answers.js';
import { AdminGuard, Caller } from '../../tenants/index.js';
import { csvFile } from './csv-file.adapter.js';
import { wantsCsv } from './report-answer.js';
import { PlatformUsageReportQueryDto, UsageReportQueryDto } from './usage-query.dto.js';
import { UsageReport } from './usage-report.dto.js';
import { UsageReportsService, type ReportRequest } from './usage-reports.service.js';

@Controller('admin/v1')
@UseGuards(AdminGuard)
export class UsageReportsController {
  constructor(private readonly reports: UsageReportsService) {}

  /** Reports usage and cost of all organizations by up to three groups, as JSON or CSV. */
  @Get('reports/usage')
  @Answers(UsageReport)
  ofPlatform(
    @Headers('accept') accept: string | undefined,
    @Query() { organization_id, ...query }: PlatformUsageReportQueryDto,
  ): Promise<UsageReport | StreamableFile> {
    return this.answer(accept, { organizationId: organization_id, query, isWhole: true });
  }

  /** Reports usage and cost of an organization by up to three groups, as JSON or CSV. */
  @Get('organizations/:organization_id/reports/usage')
  @Answers(UsageReport)
  ofOrganization(
    @Caller() { actor }: AdminRequest,
    @Headers('accept') accept: string | undefined,
    @Param('organization_id') organizationId: string,
    @Query() query: UsageReportQueryDto,
  ): Promise<UsageReport | StreamableFile> {
    return this.answer(accept, { organizationId, query, isWhole: actor.kind === 'operator' });
  }

  private async answer(
    accept: string | undefined,
    request: ReportRequest,
  ): Promise<UsageReport | StreamableFile> {
    if (!wantsCsv(request.query.format, accept)) return this.reports.report(request);
    return csvFile(await this.reports.csv(request), 'usage.csv');
  }
}
