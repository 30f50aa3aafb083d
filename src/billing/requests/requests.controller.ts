import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../../tenants/index.js';
import { RequestQueryDto } from './request-query.dto.js';
import { RequestsService } from './requests.service.js';

@Controller('admin/v1/requests')
@UseGuards(AdminGuard)
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Get()
  list(@Query() query: RequestQueryDto): Promise<Record<string, unknown>> {
    return this.requests.list(query);
  }

  @Get(':id')
  get(@Param('id') id: string): Promise<Record<string, unknown>> {
    return this.requests.get(id);
  }
}
