import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/index.js';
import { ProvidersModule } from '../providers/index.js';
import { AttemptService } from './attempt.service.js';
import { CallAccountService } from './call-account.service.js';
import { CallBodiesService } from './call-bodies.service.js';
import { CallService } from './call.service.js';
import { ClientDrainsService } from './client-drains.service.js';
import { PlanChoiceService } from './plan-choice.service.js';
import { RunningCallsService } from './running-calls.service.js';
import { StreamCallService } from './stream-call.service.js';
import { SearchStepService } from './web-search/index.js';

/** The story of a call. */
@Module({
  imports: [ProvidersModule, BillingModule],
  providers: [
    CallService,
    StreamCallService,
    AttemptService,
    CallAccountService,
    CallBodiesService,
    ClientDrainsService,
    PlanChoiceService,
    RunningCallsService,
    SearchStepService,
  ],
  exports: [CallService, RunningCallsService],
})
export class CallsModule {}
