import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { Caller } from '../admin/admin-request.adapter.js';
import { AdminGuard } from '../admin/admin.guard.js';
import { DeletedView } from '../admin/deleted.dto.js';
import {
  CreateMemberDto,
  MemberList,
  MemberQueryDto,
  MemberView,
  UpdateMemberDto,
} from './member.dto.js';
import { MembersService } from './members.service.js';

@Controller('admin/v1/organizations/:organization_id/members')
@UseGuards(AdminGuard)
export class MembersController {
  constructor(private readonly members: MembersService) {}

  /** Lists the members of an organization. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: MemberQueryDto,
  ): Promise<MemberList> {
    return this.members.list(organizationId, query);
  }

  /** Adds a member. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: CreateMemberDto,
  ): Promise<MemberView> {
    return this.members.create(caller, organizationId, body);
  }

  /** Shows a member. */
  @Get(':member_id')
  get(
    @Param('organization_id') organizationId: string,
    @Param('member_id') id: string,
  ): Promise<MemberView> {
    return this.members.get(organizationId, id);
  }

  /** Changes a member's name or role. */
  @Patch(':member_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('member_id') id: string,
    @Body() body: UpdateMemberDto,
  ): Promise<MemberView> {
    return this.members.update(caller, organizationId, id, body);
  }

  /** Removes a member with their admin tokens, and disables their API keys. */
  @Delete(':member_id')
  remove(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('member_id') id: string,
  ): Promise<DeletedView> {
    return this.members.remove(caller, organizationId, id);
  }
}
