import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { createValidationPipe } from '../validation/validation-pipe.adapter.js';
import { ErrorFilter } from './error.filter.js';
import { HotLaneService } from './hot-lane.service.js';

/** What every route has: the error envelope, validation of queries and bodies, and the lane for the hot ones. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    HotLaneService,
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_PIPE, useFactory: createValidationPipe },
  ],
})
export class HttpModule {}
