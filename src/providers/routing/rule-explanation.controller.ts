import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { AdminGuard, Caller } from '../../tenants/index.js';
import { ExplainRulesDto, ExplainRulesOfDto, RuleExplanationView } from './rule-explanation.dto.js';
import { RuleExplanationService } from './rule-explanation.service.js';

@Controller('admin/v1')
@UseGuards(AdminGuard)
export class RuleExplanationController {
  constructor(private readonly explanations: RuleExplanationService) {}

  /** Explains what the rules of any organization that the caller may see make of a model. */
  @Post('rules/explain')
  @HttpCode(200)
  explain(
    @Caller() caller: AdminRequest,
    @Body() body: ExplainRulesOfDto,
  ): Promise<RuleExplanationView> {
    return this.explanations.explainFor(caller, body);
  }

  /** Explains what the rules of an organization make of a model. */
  @Post('organizations/:organization_id/rules/explain')
  @HttpCode(200)
  explainWithin(
    @Param('organization_id') organizationId: string,
    @Body() body: ExplainRulesDto,
  ): Promise<RuleExplanationView> {
    return this.explanations.explain(organizationId, body);
  }
}
