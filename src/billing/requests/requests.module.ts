import { Module } from '@nestjs/common';
import { BodyStore } from '../retention/body-store.service.js';
import { PlatformRequestsController } from './platform-requests.controller.js';
import { RequestBodiesService } from './request-bodies.service.js';
import { RequestDatabaseService } from './request-database.service.js';
import { RequestExportService } from './request-export.service.js';
import { RequestsController } from './requests.controller.js';
import { RequestsService } from './requests.service.js';
import { UsageController } from './usage.controller.js';
import { UsageService } from './usage.service.js';

/** The request log in the HTTP process: what is kept of calls, and how it is read. */
@Module({
  controllers: [RequestsController, PlatformRequestsController, UsageController],
  providers: [
    BodyStore,
    RequestBodiesService,
    RequestDatabaseService,
    RequestExportService,
    RequestsService,
    UsageService,
  ],
  exports: [BodyStore],
})
export class RequestsModule {}
