import { Injectable } from '@nestjs/common';
import type { ChatCompletion } from '../core/chat.js';
import { GatewayError, toGatewayError } from '../core/errors.js';
import type { Usage } from '../core/usage.js';
import { blameCredential, RoutingService, type Plan } from '../providers/index.js';
import type { Admission } from './admission.js';
import { answerFacts } from './answer-facts.js';
import { AttemptService } from './attempt.service.js';
import { takeApart } from './billed-failure.js';
import { CallBodiesService } from './call-bodies.service.js';
import { CallAccountService } from './call-account.service.js';
import type { CallAccount } from './call-account.writer.js';
import { CLIENT_GONE, type Call, type ClientStream, type CompletedAnswer } from './call.js';
import { outputTokensAsked, outputTokensLikely } from './delivered.js';
import { exhausted } from './fallback.js';
import { healedAnswer, healedStream, healingOf } from './healing/index.js';
import type { Settlement } from './settlement.js';
import { StreamCallService } from './stream-call.service.js';
import { citedAnswer, citing } from './web-search/index.js';

/** The one story of a call, whatever the endpoint: resolve → authorize → attempts → deliver → close. */
@Injectable()
export class CallService {
  constructor(
    private readonly routing: RoutingService,
    private readonly accounts: CallAccountService,
    private readonly attempts: AttemptService,
    private readonly streams: StreamCallService,
    private readonly bodies: CallBodiesService,
  ) {}

  /** The answer in one piece. @throws GatewayError */
  complete(call: Call): Promise<CompletedAnswer> {
    return this.bodies.whole(call, () => this.run(call));
  }

  /**
   * The answer as a stream. Resolves when the stream has ended, also by an error inside it.
   * @throws GatewayError while nothing was sent
   */
  stream(call: Call, client: ClientStream): Promise<void> {
    return this.bodies.streamed(call, client, async (seen) =>
      this.streams.run(call, healedStream(call, seen), await this.admit(call)),
    );
  }

  private async run(call: Call): Promise<CompletedAnswer> {
    const admission = await this.admit(call);
    let plan = this.attempts.choice.first(admission.plans);
    while (plan) {
      await admission.account.begin(plan);
      try {
        return await this.answer(call, plan, admission);
      } catch (thrown) {
        plan = await this.failed(call, plan, admission, thrown);
      }
    }
    throw new GatewayError('internal_error', { detail: 'a call had no plan' });
  }

  private async admit(call: Call): Promise<Admission> {
    try {
      const unready = this.routing.ready(call.principal);
      if (unready) await unready;
      const resolution = this.routing.resolve(call.request, call.principal, call.startedAt);
      const plans = this.attempts.choice.plansFor(resolution.plans, call);
      const opened = this.accounts.open(call, resolution, plans);
      const account = opened instanceof Promise ? await opened : opened;
      return { resolution, plans, account };
    } catch (thrown) {
      const reason = thrown === CLIENT_GONE ? CLIENT_GONE : toGatewayError(thrown);
      this.accounts.refuse(call, reason);
      throw reason;
    }
  }

  private async answer(
    call: Call,
    plan: Plan,
    { resolution, account }: Admission,
  ): Promise<CompletedAnswer> {
    const asked = plan.search ? await this.attempts.choice.searched(call, plan, account) : plan;
    const answer = await this.attempts.answer(asked, call.signal, () => (account.wentOut = true));
    const { usage, upstreamId } = answer;
    const cite = plan.search && citing(call.request, account.search?.sources);
    const completion = cite ? citedAnswer(answer.completion, cite) : answer.completion;
    account.attempted(plan, 200, 'ok');
    const settlement = account.settle(
      usage ?? likelyUsage(call, account, completion),
      usage ? 'final' : 'estimate',
    );
    if (!settlement)
      throw new GatewayError('internal_error', { detail: 'an answer without a plan' });
    const finishReason = completion.choices[0]?.finish_reason ?? null;
    const hasLeft = call.signal.reason === CLIENT_GONE;
    await account.close(settlement, {
      outcome: hasLeft ? 'client_gone' : 'completed',
      status: hasLeft ? 499 : 200,
      finishReason,
      upstreamId,
    });
    if (hasLeft) throw CLIENT_GONE;
    const facts = answerFacts(call, plan, resolution, account, settlement);
    const healing = healingOf(call.request);
    return healing ? healedAnswer({ completion, facts }, healing) : { completion, facts };
  }

  /** A provider that was sent the request may have answered it before anybody could stop it. */
  private unreadAnswer(plan: Plan, account: CallAccount): Settlement | undefined {
    if (plan.target.provider.onClientGone === 'none' || !account.wentOut) return undefined;
    const promptTokens = account.inputTokensLikely();
    return account.settle({ promptTokens, completionTokens: 0 }, 'estimate');
  }

  /** The next plan to try; where there is none, closes the account and throws. */
  private async failed(
    call: Call,
    plan: Plan,
    admission: Admission,
    thrown: unknown,
  ): Promise<Plan> {
    const { account } = admission;
    if (thrown === CLIENT_GONE) {
      account.attempted(plan, 0, 'client_gone');
      await account.close(this.unreadAnswer(plan, account), {
        outcome: 'client_gone',
        status: 499,
      });
      throw CLIENT_GONE;
    }
    const { failure, usage } = takeApart(thrown);
    const error = blameCredential(toGatewayError(failure), plan.target.credential);
    account.attempted(plan, error.status, error.code);
    const next = await this.attempts.choice.after(plan, error, call, admission);
    if (next && !call.signal.aborted) {
      account.abandoned(plan, usage);
      return next;
    }
    const final = exhausted(error, account.attempts.length, usage !== undefined);
    // A failed call owes what the provider reported, and no more.
    const settlement = usage && account.settle(usage, 'final');
    await account.close(settlement, { outcome: 'failed', status: final.status, error: final });
    throw final;
  }
}

function likelyUsage(call: Call, account: CallAccount, completion: ChatCompletion): Usage {
  return {
    promptTokens: account.inputTokensLikely(),
    completionTokens: Math.min(outputTokensLikely(completion), outputTokensAsked(call.request)),
  };
}
