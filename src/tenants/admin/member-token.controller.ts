import { Body, Controller, Delete, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { Caller } from './admin-request.adapter.js';
import { AdminTokenList, CreateAdminTokenDto, NewAdminTokenView } from './admin-token.dto.js';
import { AdminGuard } from './admin.guard.js';
import { DeletedView } from './deleted.dto.js';
import { MemberTokenService } from './member-token.service.js';

@Controller('admin/v1/organizations/:organization_id/members/:member_id/tokens')
@UseGuards(AdminGuard)
export class MemberTokenController {
  constructor(private readonly tokens: MemberTokenService) {}

  /** Lists the admin tokens of a member. */
  @Get()
  list(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('member_id') memberId: string,
    @Query() query: PageQueryDto,
  ): Promise<AdminTokenList> {
    return this.tokens.list(caller, { organizationId, memberId }, query);
  }

  /** Makes an admin token for a member. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('member_id') memberId: string,
    @Body() body: CreateAdminTokenDto,
  ): Promise<NewAdminTokenView> {
    return this.tokens.create(caller, { organizationId, memberId }, body);
  }

  /** Revokes an admin token of a member. */
  @Delete(':token_id')
  revoke(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('member_id') memberId: string,
    @Param('token_id') id: string,
  ): Promise<DeletedView> {
    return this.tokens.revoke(caller, { organizationId, memberId }, id);
  }
}
