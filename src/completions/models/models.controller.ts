import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { ModelListService } from '../../providers/index.js';
import { ApiKeyGuard } from '../../tenants/index.js';

@Controller('v1/models')
@UseGuards(ApiKeyGuard)
export class ModelsController {
  constructor(private readonly models: ModelListService) {}

  @Get()
  list(
    @Query('include_deactivated') includeDeactivated?: string,
    @Query('exclude_deprecated') excludeDeprecated?: string,
  ): Record<string, unknown> {
    const data = this.models.list({
      includeDeactivated: isYes(includeDeactivated),
      excludeDeprecated: isYes(excludeDeprecated),
    });
    return { object: 'list', data };
  }

  /** Ids may hold slashes. */
  @Get('*id')
  get(@Param('id') id: string | string[]): Record<string, unknown> {
    const name = Array.isArray(id) ? id.join('/') : id;
    const model = this.models.get(name);
    if (!model) {
      throw new GatewayError('model_not_found', {
        param: 'model',
        message: `The model ${JSON.stringify(name)} does not exist.`,
      });
    }
    return model;
  }
}

function isYes(value: string | undefined): boolean {
  return value === 'true' || value === '1';
}
