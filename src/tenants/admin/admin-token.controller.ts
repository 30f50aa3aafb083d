import { Body, Controller, Delete, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { Caller } from './admin-request.adapter.js';
import { AdminTokenList, CreateAdminTokenDto, NewAdminTokenView } from './admin-token.dto.js';
import { AdminGuard } from './admin.guard.js';
import { DeletedView } from './deleted.dto.js';
import { OperatorTokenService } from './operator-token.service.js';

@Controller('admin/v1/tokens')
@UseGuards(AdminGuard)
export class AdminTokenController {
  constructor(private readonly tokens: OperatorTokenService) {}

  /** Lists the tokens of operators. */
  @Get()
  list(@Query() query: PageQueryDto): Promise<AdminTokenList> {
    return this.tokens.list(query);
  }

  /** Makes a token of an operator. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Body() body: CreateAdminTokenDto,
  ): Promise<NewAdminTokenView> {
    return this.tokens.create(caller, body);
  }

  /** Revokes a token of an operator. */
  @Delete(':token_id')
  revoke(@Caller() caller: AdminRequest, @Param('token_id') id: string): Promise<DeletedView> {
    return this.tokens.revoke(caller, id);
  }
}
