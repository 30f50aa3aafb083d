import { Global, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { PlatformChecksService } from './platform-checks.service.js';

@Global()
@Module({
  controllers: [HealthController],
  providers: [HealthService, PlatformChecksService],
  exports: [HealthService],
})
export class HealthModule {}
