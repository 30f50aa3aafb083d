import { Injectable } from '@nestjs/common';
import { Environment } from '../platform/env.js';
import type { Admission } from './admission.js';
import { AttemptService } from './attempt.service.js';
import type { Call, ClientStream } from './call.js';
import { StreamAttempt } from './stream-attempt.service.js';

/** The streamed half of the story: one attempt after the other until one delivers, then to its end. */
@Injectable()
export class StreamCallService {
  constructor(
    private readonly attempts: AttemptService,
    private readonly environment: Environment,
  ) {}

  /** @throws GatewayError while nothing was sent; CLIENT_GONE if the client left */
  async run(call: Call, client: ClientStream, admission: Admission): Promise<void> {
    let plan = this.attempts.choice.first(admission.plans);
    while (plan) {
      await admission.account.begin(plan);
      const attempt: StreamAttempt = new StreamAttempt(call, plan, client, admission);
      plan = await attempt.run(this.attempts, this.environment.PING_INTERVAL_MS);
    }
  }
}
