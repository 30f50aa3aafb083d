import { Module } from '@nestjs/common';
import { OpenEstimateService } from './open-estimate.service.js';
import { TrueUpService } from './true-up.service.js';

/** Estimates and their better figures, for whoever asks providers for them. */
@Module({
  providers: [OpenEstimateService, TrueUpService],
  exports: [OpenEstimateService, TrueUpService],
})
export class TrueUpModule {}
