import { Controller, Get, Header, Param, Query, Req, UseGuards } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { ModelListService } from '../../providers/index.js';
import { ApiKeyGuard, principalOf } from '../../tenants/index.js';

@Controller('v1/models')
@UseGuards(ApiKeyGuard)
export class ModelsController {
  constructor(private readonly models: ModelListService) {}

  /** Lists the models that the key can reach, with providers and prices. */
  @Get()
  @Header('content-type', 'application/json; charset=utf-8')
  list(
    @Req() request: object,
    @Query('include_deactivated') includeDeactivated?: string,
    @Query('exclude_deprecated') excludeDeprecated?: string,
  ): Promise<string> {
    const filter = {
      includeDeactivated: isYes(includeDeactivated),
      excludeDeprecated: isYes(excludeDeprecated),
    };
    // A text that is sent as it is: it is long, and the same for many callers.
    return this.models.list(filter, principalOf(request));
  }

  /** Shows a model. */
  @Get('*id')
  async get(
    @Req() request: object,
    @Param('id') id: string | string[],
  ): Promise<Record<string, unknown>> {
    const name = Array.isArray(id) ? id.join('/') : id;
    const model = await this.models.get(name, principalOf(request));
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
