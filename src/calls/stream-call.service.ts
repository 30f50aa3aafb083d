import { Injectable } from '@nestjs/common';
import { toGatewayError } from '../core/errors.js';
import { Environment } from '../platform/env.js';
import type { Plan } from '../providers/index.js';
import type { Admission } from './admission.js';
import { AttemptService } from './attempt.service.js';
import { CLIENT_GONE, type Call, type ClientStream } from './call.js';
import { StreamAttempt } from './stream-attempt.service.js';
import { CitedStream, citing } from './web-search/index.js';

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
      const asked: Plan = plan.search ? await this.searched(call, plan, admission) : plan;
      const cite = plan.search && citing(call.request, admission.account.search?.sources);
      const reader = cite ? new CitedStream(client, cite) : client;
      const attempt: StreamAttempt = new StreamAttempt(call, asked, reader, admission);
      plan = await attempt.run(this.attempts, this.environment.PING_INTERVAL_MS);
    }
  }

  /** The plan with what was found for it; where the call is over before, so is its account. */
  private async searched(call: Call, plan: Plan, { account }: Admission): Promise<Plan> {
    try {
      return await this.attempts.choice.searched(call, plan, account);
    } catch (thrown) {
      const error = thrown === CLIENT_GONE ? undefined : toGatewayError(thrown);
      const ended = error
        ? ({ outcome: 'failed', status: error.status, error } as const)
        : ({ outcome: 'client_gone', status: 499 } as const);
      account.attempted(plan, error?.status ?? 0, error?.code ?? 'client_gone');
      await account.close(undefined, ended);
      throw thrown;
    }
  }
}
