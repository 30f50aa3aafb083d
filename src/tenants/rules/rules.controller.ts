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
import { CreateRuleDto, RuleList, RuleQueryDto, RuleView, UpdateRuleDto } from './rule.dto.js';
import { RulesService } from './rules.service.js';

@Controller('admin/v1/organizations/:organization_id/rules')
@UseGuards(AdminGuard)
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  /** Lists the rules of an organization and of what belongs to it. */
  @Get()
  list(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Query() query: RuleQueryDto,
  ): Promise<RuleList> {
    return this.rules.list(caller, organizationId, query);
  }

  /** Puts a rule on an organization, a project, a member or a key. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: CreateRuleDto,
  ): Promise<RuleView> {
    return this.rules.create(caller, organizationId, body);
  }

  /** Shows a rule. */
  @Get(':rule_id')
  get(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('rule_id') id: string,
  ): Promise<RuleView> {
    return this.rules.get(caller, organizationId, id);
  }

  /** Changes what a rule holds for, or its note. */
  @Patch(':rule_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('rule_id') id: string,
    @Body() body: UpdateRuleDto,
  ): Promise<RuleView> {
    return this.rules.update(caller, organizationId, id, body);
  }

  /** Takes a rule away. */
  @Delete(':rule_id')
  delete(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('rule_id') id: string,
  ): Promise<DeletedView> {
    return this.rules.delete(caller, organizationId, id);
  }
}
