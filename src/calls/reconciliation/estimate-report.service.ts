import { Injectable, Logger } from '@nestjs/common';
import {
  OpenEstimateService,
  TrueUpService,
  type BetterFigure,
  type OpenEstimate,
} from '../../billing/index.js';
import { formatUsd } from '../../core/money.js';
import type { Usage } from '../../core/usage.js';
import { CallReportClient, type CallAnswer } from '../../providers/index.js';
import { settle } from '../settlement.js';
import { outcomeWithoutFigure } from './report-outcome.js';

type Reported = Extract<CallAnswer, { kind: 'reported' }>['call'];

/** Replaces estimates of calls by what their providers say of them afterwards. */
@Injectable()
export class EstimateReportService {
  private readonly logger = new Logger(EstimateReportService.name);

  constructor(
    private readonly estimates: OpenEstimateService,
    private readonly reports: CallReportClient,
    private readonly figures: TrueUpService,
  ) {}

  /**
   * Asks the provider of an estimate once, and posts what it says as a revision; where no figure can come any more, the
   * estimate stands and its hold is free. Idempotent.
   * @throws Error where it is to be asked again later
   */
  async look(callId: string): Promise<void> {
    const estimate = await this.estimates.find(callId);
    if (!estimate) return;
    const answer = await this.ask(estimate);
    if (answer.kind === 'reported') return this.post(estimate, answer.call);
    const outcome = outcomeWithoutFigure(answer, estimate.ageMs);
    if (outcome.kind === 'again') throw new Error(`${callId}: ${outcome.reason}`);
    if (await this.figures.settle(callId, outcome.reason))
      this.logger.log(`the estimate of ${callId} stands: ${outcome.reason}`);
  }

  private async ask(estimate: OpenEstimate): Promise<CallAnswer> {
    const { providerId, organizationId, credentialId, upstreamId } = estimate;
    if (providerId === null || credentialId === null || upstreamId === null)
      return { kind: 'no_report' };
    return this.reports.ask({ providerId, organizationId, credentialId, upstreamId });
  }

  private async post(estimate: OpenEstimate, reported: Reported): Promise<void> {
    const { callId } = estimate;
    const trueUp = await this.figures.post(callId, figureOf(estimate, reported));
    if (trueUp.state === 'posted') {
      const { revision, difference, providerDifference } = trueUp;
      this.logger.log(
        `${callId} is revision ${revision} by its provider: ${difference} USD, of the provider ${providerDifference} USD`,
      );
    } else await this.figures.settle(callId, 'outranked');
  }
}

/**
 * Reported usage moves what the tenant pays, at the prices that the call began with; a cost alone does not, and neither
 * does a report on a call whose bill has a search of the gateway's own in it.
 */
function figureOf(estimate: OpenEstimate, { usage, cost }: Reported): BetterFigure {
  const { price, multiplier, charged, serviceTier, startedAt } = estimate;
  const known = { rank: 'provider_report', reason: 'provider_report' } as const;
  if (!usage || !price || estimate.isSearched) return { ...known, providerCost: formatUsd(cost) };
  const counted: Usage = { ...usage, reportedCost: cost, ...(serviceTier ? { serviceTier } : {}) };
  const owner = charged ? 'platform' : 'organization';
  const terms = { planMultiplier: multiplier };
  const { charge } = settle(counted, 'final', { price, credential: { owner } }, terms, startedAt);
  const { units, lines, amount, providerCost } = charge;
  return { ...known, usage: { units, lines, amount }, providerCost };
}
