import { Body, Controller, Get, Post, Query, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../../core/admin.js';
import { AdminGuard, Caller } from '../../../tenants/index.js';
import { DriftQueryDto, DriftView } from './drift.dto.js';
import { DriftService } from './drift.service.js';
import { ReconciliationDto, ReconciliationView } from './reconciliation.dto.js';
import { ReconciliationsService } from './reconciliations.service.js';

@Controller('admin/v1')
@UseGuards(AdminGuard)
export class ReconciliationsController {
  constructor(
    private readonly reconciliations: ReconciliationsService,
    private readonly drift: DriftService,
  ) {}

  /** Compares a provider's bill with the books and posts what it differs by. */
  @Post('reconciliations')
  reconcile(
    @Caller() caller: AdminRequest,
    @Body() body: ReconciliationDto,
  ): Promise<ReconciliationView> {
    return this.reconciliations.reconcile(caller, body);
  }

  /** Tells how far bills are from the books, by provider, model and day. */
  @Get('reports/drift')
  report(@Query() query: DriftQueryDto): Promise<DriftView> {
    return this.drift.report(query);
  }
}
