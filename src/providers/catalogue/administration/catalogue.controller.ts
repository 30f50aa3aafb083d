import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common';
import type { AdminRequest } from '../../../core/admin.js';
import { PageQueryDto } from '../../../platform/pagination/page-query.dto.js';
import { AdminGuard, Caller, DeletedView } from '../../../tenants/index.js';
import {
  AppliedPlanView,
  ApplyCataloguePlanDto,
  CataloguePlanView,
  CreateCataloguePlanDto,
} from './catalogue-plan.dto.js';
import { CataloguePlanService } from './catalogue-plan.service.js';
import { CatalogueRevisionList, ScheduledPriceList } from './catalogue-revision.dto.js';
import { CatalogueRevisionService } from './catalogue-revision.service.js';
import { ScheduledPriceService } from './scheduled-price.service.js';

@Controller('admin/v1/catalogue')
@UseGuards(AdminGuard)
export class CatalogueController {
  constructor(
    private readonly plans: CataloguePlanService,
    private readonly revisions: CatalogueRevisionService,
    private readonly scheduled: ScheduledPriceService,
  ) {}

  /** Says what a source of models and prices would change, and changes nothing. */
  @Post('plans')
  @HttpCode(200)
  plan(@Body() body: CreateCataloguePlanDto): Promise<CataloguePlanView> {
    return this.plans.create(body);
  }

  /** Lists the publications of the catalogue, newest first. */
  @Get('revisions')
  list(@Query() query: PageQueryDto): Promise<CatalogueRevisionList> {
    return this.revisions.list(query);
  }

  /** Applies a plan, where the catalogue is still as it was when the plan was made. */
  @Post('revisions')
  apply(
    @Caller() caller: AdminRequest,
    @Body() body: ApplyCataloguePlanDto,
  ): Promise<AppliedPlanView> {
    return this.revisions.apply(caller, body);
  }

  /** Lists the prices that begin on a later day, the next one first. */
  @Get('scheduled-prices')
  listScheduled(@Query() query: PageQueryDto): Promise<ScheduledPriceList> {
    return this.scheduled.list(query);
  }

  /** Calls off prices before they begin. */
  @Delete('scheduled-prices/:price_id')
  cancel(@Caller() caller: AdminRequest, @Param('price_id') id: string): Promise<DeletedView> {
    return this.scheduled.cancel(caller, id);
  }
}
