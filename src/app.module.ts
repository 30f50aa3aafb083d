import { Module } from '@nestjs/common';
import { CompletionsModule } from './completions/index.js';
import { HealthModule } from './platform/health/health.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { LoadModule } from './platform/load/load.module.js';
import { DocsModule } from './platform/openapi/docs.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';
import { TenantsModule } from './tenants/index.js';

/** The HTTP process. */
@Module({
  imports: [
    PlatformModule,
    HttpModule,
    HealthModule,
    LoadModule,
    DocsModule,
    TelemetryModule,
    TenantsModule,
    CompletionsModule,
  ],
})
export class AppModule {}
