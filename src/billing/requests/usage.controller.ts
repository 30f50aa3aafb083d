import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../../tenants/index.js';
import { UsageQueryDto } from './request-query.dto.js';
import { UsageService } from './usage.service.js';

@Controller('admin/v1/usage')
@UseGuards(AdminGuard)
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @Get()
  report(@Query() query: UsageQueryDto): Promise<Record<string, unknown>> {
    return this.usage.report(query);
  }
}
