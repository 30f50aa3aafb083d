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
import { AdminGuard, Caller, DeletedView } from '../../tenants/index.js';
import {
  BudgetList,
  BudgetQueryDto,
  BudgetView,
  CreateBudgetDto,
  UpdateBudgetDto,
} from './budget.dto.js';
import { BudgetsService } from './budgets.service.js';

@Controller('admin/v1/organizations/:organization_id/budgets')
@UseGuards(AdminGuard)
export class BudgetsController {
  constructor(private readonly budgets: BudgetsService) {}

  /** Lists the budgets of an organization and of what belongs to it. */
  @Get()
  list(
    @Param('organization_id') organizationId: string,
    @Query() query: BudgetQueryDto,
  ): Promise<BudgetList> {
    return this.budgets.list(organizationId, query);
  }

  /** Sets a budget for an organization, a project, a member, a key or a tag. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: CreateBudgetDto,
  ): Promise<BudgetView> {
    return this.budgets.create(caller, organizationId, body);
  }

  /** Shows a budget and what is left of it. */
  @Get(':budget_id')
  get(
    @Param('organization_id') organizationId: string,
    @Param('budget_id') id: string,
  ): Promise<BudgetView> {
    return this.budgets.get(organizationId, id);
  }

  /** Changes the amount, the enforcement or the periods of a budget. */
  @Patch(':budget_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('budget_id') id: string,
    @Body() body: UpdateBudgetDto,
  ): Promise<BudgetView> {
    return this.budgets.update(caller, organizationId, id, body);
  }

  /** Takes a budget away. */
  @Delete(':budget_id')
  delete(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('budget_id') id: string,
  ): Promise<DeletedView> {
    return this.budgets.delete(caller, organizationId, id);
  }
}
