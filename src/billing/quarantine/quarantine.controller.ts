import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { AdminGuard, Caller } from '../../tenants/index.js';
import {
  QuarantinedProcessList,
  QuarantineReleaseDto,
  QuarantineReleaseView,
} from './quarantine.dto.js';
import { QuarantineService } from './quarantine.service.js';

@Controller('admin/v1')
@UseGuards(AdminGuard)
export class QuarantineController {
  constructor(private readonly quarantine: QuarantineService) {}

  /** Lists the processes whose machine is gone, and what they still have leased. */
  @Get('quarantined-processes')
  list(): Promise<QuarantinedProcessList> {
    return this.quarantine.list();
  }

  /** Releases what a machine had leased that will not come back with its journal. */
  @Post('quarantine-releases')
  release(
    @Caller() caller: AdminRequest,
    @Body() body: QuarantineReleaseDto,
  ): Promise<QuarantineReleaseView> {
    return this.quarantine.release(caller, body);
  }
}
