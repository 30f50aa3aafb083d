import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { Caller } from './admin-request.adapter.js';
import { BootstrapDto, NewAdminTokenView } from './admin-token.dto.js';
import { AdminGuard } from './admin.guard.js';
import { BootstrapService } from './bootstrap.service.js';

@Controller('admin/v1/bootstrap')
@UseGuards(AdminGuard)
export class BootstrapController {
  constructor(private readonly bootstrap: BootstrapService) {}

  /** Exchanges the bootstrap token, once, for a lasting token of an operator. */
  @Post()
  exchange(@Caller() caller: AdminRequest, @Body() body: BootstrapDto): Promise<NewAdminTokenView> {
    return this.bootstrap.exchange(caller, body);
  }
}
