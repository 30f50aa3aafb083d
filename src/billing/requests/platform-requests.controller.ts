import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../../tenants/index.js';
import { PlatformRequestQueryDto } from './request-query.dto.js';
import { RequestDetailView, RequestList } from './request.dto.js';
import { RequestsService } from './requests.service.js';

@Controller('admin/v1/requests')
@UseGuards(AdminGuard)
export class PlatformRequestsController {
  constructor(private readonly requests: RequestsService) {}

  /** Lists the requests of all organizations, newest first; without since and until those of the last 31 days. */
  @Get()
  list(@Query() { organization_id, ...query }: PlatformRequestQueryDto): Promise<RequestList> {
    return this.requests.list(organization_id, query);
  }

  /** Gives a request of any organization, with the figures that were booked for it. */
  @Get(':request_id')
  get(@Param('request_id') id: string): Promise<RequestDetailView> {
    return this.requests.get(undefined, id);
  }
}
