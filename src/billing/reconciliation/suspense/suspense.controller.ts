import { Body, Controller, Get, Post, Query, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../../core/admin.js';
import { AdminGuard, Caller } from '../../../tenants/index.js';
import {
  SuspenseAcceptanceDto,
  SuspenseAcceptanceView,
  SuspenseItemList,
  SuspenseQueryDto,
} from './suspense.dto.js';
import { SuspenseService } from './suspense.service.js';

@Controller('admin/v1')
@UseGuards(AdminGuard)
export class SuspenseController {
  constructor(private readonly suspense: SuspenseService) {}

  /** Lists what bills differ by from the books and nobody has accepted yet, by provider, day and model. */
  @Get('suspense-items')
  list(@Query() query: SuspenseQueryDto): Promise<SuspenseItemList> {
    return this.suspense.list(query);
  }

  /** Accepts such a difference as the provider's cost. Needs an Idempotency-Key. */
  @Post('suspense-acceptances')
  accept(
    @Caller() caller: AdminRequest,
    @Body() body: SuspenseAcceptanceDto,
  ): Promise<SuspenseAcceptanceView> {
    return this.suspense.accept(caller, body);
  }
}
