import { Controller, Get, Headers, Param, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { Answers } from '../../platform/openapi/answers.js';
import { AdminGuard } from '../../tenants/index.js';
import { csvFile } from './csv-file.adapter.js';
import { wantsCsv } from './report-answer.js';
import { StatementView } from './statement.dto.js';
import { StatementsService } from './statements.service.js';
import { FormatQueryDto } from './usage-query.dto.js';

@Controller('admin/v1/organizations/:organization_id/statements')
@UseGuards(AdminGuard)
export class StatementsController {
  constructor(private readonly statements: StatementsService) {}

  /** Gives the statement of a month, such as 2026-01, as JSON or CSV. */
  @Get(':month')
  @Answers(StatementView)
  async get(
    @Headers('accept') accept: string | undefined,
    @Param('organization_id') organizationId: string,
    @Param('month') month: string,
    @Query() { format }: FormatQueryDto,
  ): Promise<StatementView | StreamableFile> {
    if (!wantsCsv(format, accept)) return this.statements.statement(organizationId, month);
    return csvFile(await this.statements.csv(organizationId, month), 'statement.csv');
  }
}
