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
  ApiKeyList,
  ApiKeyQueryDto,
  ApiKeyView,
  CreateApiKeyDto,
  NewApiKeyView,
  RotateApiKeyDto,
  RotatedApiKeyView,
  UpdateApiKeyDto,
} from './api-key.dto.js';
import { KeyCreationService } from './key-creation.service.js';
import { KeyRotationService } from './key-rotation.service.js';
import { KeysService } from './keys.service.js';

@Controller('admin/v1/organizations/:organization_id/keys')
@UseGuards(AdminGuard)
export class KeysController {
  constructor(
    private readonly keys: KeysService,
    private readonly creation: KeyCreationService,
    private readonly rotation: KeyRotationService,
  ) {}

  /** Lists API keys; for a key those that it made. */
  @Get()
  list(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Query() query: ApiKeyQueryDto,
  ): Promise<ApiKeyList> {
    return this.keys.list(caller, organizationId, query);
  }

  /** Makes an API key. */
  @Post()
  create(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: CreateApiKeyDto,
  ): Promise<NewApiKeyView> {
    return this.creation.create(caller, organizationId, body);
  }

  /** Shows an API key. */
  @Get(':key_id')
  get(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('key_id') id: string,
  ): Promise<ApiKeyView> {
    return this.keys.get(caller, organizationId, id);
  }

  /** Changes an API key. */
  @Patch(':key_id')
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('key_id') id: string,
    @Body() body: UpdateApiKeyDto,
  ): Promise<ApiKeyView> {
    return this.keys.update(caller, organizationId, id, body);
  }

  /** Revokes an API key for good. */
  @Delete(':key_id')
  revoke(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('key_id') id: string,
  ): Promise<DeletedView> {
    return this.keys.revoke(caller, organizationId, id);
  }

  /** Replaces an API key by a new one with the same rights; the old one ends after the overlap. */
  @Post(':key_id/rotate')
  rotate(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Param('key_id') id: string,
    @Body() body: RotateApiKeyDto,
  ): Promise<RotatedApiKeyView> {
    return this.rotation.rotate(caller, organizationId, id, body);
  }
}
