import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Post, Req, Res, UseGuards } from '@nestjs/common';
import { HotRoute } from '../../platform/http/hot-route.js';
import { ApiKeyGuard, principalOf } from '../../tenants/index.js';
import { ChatCompletionsService } from './chat-completions.service.js';

@Controller('v1/chat/completions')
@UseGuards(ApiKeyGuard)
export class ChatCompletionsController {
  constructor(private readonly completions: ChatCompletionsService) {}

  /** Answers a conversation, whole or as a stream. */
  @Post()
  @HotRoute()
  create(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    return this.completions.handle(request, response, principalOf(request));
  }
}
