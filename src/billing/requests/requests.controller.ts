import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../../tenants/index.js';
import { RequestBodiesService } from './request-bodies.service.js';
import { RequestExportService } from './request-export.service.js';
import { RequestFilterDto, RequestQueryDto } from './request-query.dto.js';
import { RequestBodyView, RequestDetailView, RequestList } from './request.dto.js';
import { RequestsService } from './requests.service.js';

@Controller('admin/v1/organizations/:organization_id/requests')
@UseGuards(AdminGuard)
export class RequestsController {
  constructor(
    private readonly requests: RequestsService,
    private readonly exports: RequestExportService,
    private readonly bodies: RequestBodiesService,
  ) {}

  /** Lists the requests of an organization, newest first; without since and until those of the last 31 days. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: RequestQueryDto,
  ): Promise<RequestList> {
    return this.requests.list(organizationId, query);
  }

  /** Writes the requests of an organization out as newline-delimited JSON. */
  @Get('export')
  async export(
    @Param('organization_id') organizationId: string,
    @Query() query: RequestFilterDto,
  ): Promise<StreamableFile> {
    return asFile(await this.exports.lines(organizationId, query));
  }

  /** Gives a request with the figures that were booked for it. */
  @Get(':request_id')
  get(
    @Param('organization_id') organizationId: string,
    @Param('request_id') id: string,
  ): Promise<RequestDetailView> {
    return this.requests.get(organizationId, id);
  }

  /** Gives what was sent and what came back, where the organization keeps it. */
  @Get(':request_id/body')
  body(
    @Param('organization_id') organizationId: string,
    @Param('request_id') id: string,
  ): Promise<RequestBodyView> {
    return this.bodies.get(organizationId, id);
  }
}

/** Reads a further batch only when the client has taken the one before. */
function asFile(lines: AsyncIterable<string>): StreamableFile {
  return new StreamableFile(Readable.from(lines, { highWaterMark: 1 }), {
    type: 'application/x-ndjson',
    disposition: 'attachment; filename="requests.ndjson"',
  });
}
