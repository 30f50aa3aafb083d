import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { CompletionsModule } from './completions/index.js';
import { HealthModule } from './platform/health/health.module.js';
import { ErrorFilter } from './platform/http/error.filter.js';
import { PlatformModule } from './platform/platform.module.js';
import { createValidationPipe } from './platform/validation/validation-pipe.adapter.js';
import { TenantsModule } from './tenants/index.js';

/** The HTTP process. */
@Module({
  imports: [PlatformModule, HealthModule, TenantsModule, CompletionsModule],
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useFactory: createValidationPipe },
  ],
})
export class AppModule {}
