import { Module } from '@nestjs/common';
import { CallsModule } from '../calls/index.js';
import { ProvidersModule } from '../providers/index.js';
import { ChatCompletionsController } from './chat/chat-completions.controller.js';
import { ChatCompletionsService } from './chat/chat-completions.service.js';
import { ModelsController } from './models/models.controller.js';

@Module({
  imports: [CallsModule, ProvidersModule],
  controllers: [ChatCompletionsController, ModelsController],
  providers: [ChatCompletionsService],
})
export class CompletionsModule {}
