import { Injectable } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../core/errors.js';
import type { Usage } from '../core/usage.js';
import { RoutingService, type Plan } from '../providers/index.js';
import type { Admission } from './admission.js';
import { answerFacts } from './answer-facts.js';
import { AttemptService } from './attempt.service.js';
import { CallAccountService, type CallAccount } from './call-account.service.js';
import { CLIENT_GONE, type Call, type ClientStream, type CompletedAnswer } from './call.js';
import { outputTokensLikely } from './delivered.js';
import { exhausted, mayFallBack, MAX_ATTEMPTS } from './fallback.js';
import { inputTokensLikely } from './input-estimate.js';
import type { Settlement } from './settlement.js';
import { StreamCallService } from './stream-call.service.js';

/** The one story of a call, whatever the endpoint: resolve → authorize → attempts → deliver → close. */
@Injectable()
export class CallService {
  constructor(
    private readonly routing: RoutingService,
    private readonly accounts: CallAccountService,
    private readonly attempts: AttemptService,
    private readonly streams: StreamCallService,
  ) {}

  /** The answer in one piece. @throws GatewayError */
  async complete(call: Call): Promise<CompletedAnswer> {
    const admission = await this.admit(call);
    for (const plan of admission.plans) {
      await admission.account.begin(plan);
      try {
        return await this.answer(call, plan, admission);
      } catch (thrown) {
        await this.failed(call, plan, admission, thrown);
      }
    }
    throw new GatewayError('internal_error', { detail: 'a call had no plan' });
  }

  /**
   * The answer as a stream. Resolves when the stream has ended, also by an error inside it.
   * @throws GatewayError while nothing was sent
   */
  async stream(call: Call, client: ClientStream): Promise<void> {
    await this.streams.run(call, client, await this.admit(call));
  }

  private async admit(call: Call): Promise<Admission> {
    try {
      const resolution = this.routing.resolve(call.request, call.principal, call.startedAt);
      const plans = resolution.plans.slice(0, call.context.allowFallback ? MAX_ATTEMPTS : 1);
      return { resolution, plans, account: await this.accounts.open(call, resolution, plans) };
    } catch (thrown) {
      const error = toGatewayError(thrown);
      this.accounts.refuse(call, error);
      throw error;
    }
  }

  private async answer(
    call: Call,
    plan: Plan,
    { resolution, account }: Admission,
  ): Promise<CompletedAnswer> {
    const { completion, usage, upstreamId } = await this.attempts.answer(plan, call.signal);
    account.attempted(plan, 200, 'ok');
    const estimated: Usage = {
      promptTokens: inputTokensLikely(call.request),
      completionTokens: outputTokensLikely(completion),
    };
    const settlement = account.settle(usage ?? estimated, usage ? 'final' : 'estimate');
    if (!settlement)
      throw new GatewayError('internal_error', { detail: 'an answer without a plan' });
    const finishReason = completion.choices[0]?.finish_reason ?? null;
    await account.close(settlement, {
      outcome: 'completed',
      status: 200,
      finishReason,
      upstreamId,
    });
    return { completion, facts: answerFacts(call, plan, resolution, account, settlement) };
  }

  /** The provider has read the request, and may have answered it, before anybody could stop it. */
  private unreadAnswer(call: Call, plan: Plan, account: CallAccount): Settlement | undefined {
    if (plan.target.provider.onClientGone === 'none') return undefined;
    const promptTokens = inputTokensLikely(call.request);
    return account.settle({ promptTokens, completionTokens: 0 }, 'estimate');
  }

  /** Goes on to the next plan by returning, or closes the account and throws. */
  private async failed(
    call: Call,
    plan: Plan,
    { plans, account }: Admission,
    thrown: unknown,
  ): Promise<void> {
    if (thrown === CLIENT_GONE) {
      account.attempted(plan, 0, 'client_gone');
      await account.close(this.unreadAnswer(call, plan, account), {
        outcome: 'client_gone',
        status: 499,
      });
      throw CLIENT_GONE;
    }
    const error = toGatewayError(thrown);
    account.attempted(plan, error.status, error.code);
    const isLast = plan === plans.at(-1);
    if (!isLast && mayFallBack(error) && !call.signal.aborted) return;
    const final = exhausted(error, account.attempts.length);
    await account.close(undefined, { outcome: 'failed', status: final.status, error: final });
    throw final;
  }
}
