import { Controller, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ApiKeyGuard, principalOf } from '../../tenants/index.js';
import { ChatCompletionsService } from './chat-completions.service.js';

@Controller('v1/chat/completions')
@UseGuards(ApiKeyGuard)
export class ChatCompletionsController {
  constructor(private readonly completions: ChatCompletionsService) {}

  @Post()
  create(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.completions.handle(request, response, principalOf(request));
  }
}
