import { Global, Module } from '@nestjs/common';
import { DoorService } from '../http/door.service.js';
import { LoadSheddingService } from './load-shedding.service.js';

/** Keeps the process from taking more calls than it can answer in time. */
@Global()
@Module({
  providers: [LoadSheddingService, DoorService],
  exports: [LoadSheddingService, DoorService],
})
export class LoadModule {}
