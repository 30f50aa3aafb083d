import { Injectable, Logger } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import {
  WebSearchService,
  type FoundPage,
  type Plan,
  type PlannedSearch,
  type SearchQuery,
  type SearchTarget,
} from '../../providers/index.js';
import type { CallAccount } from '../call-account.writer.js';
import type { CallSignal } from '../call-signal.js';
import type { Call } from '../call.js';
import { mayCite } from './cited.js';
import { withoutResults, type SearchOutcome } from './outcome.js';
import { queryOf } from './query.js';
import { amountFor, quote, withQuote } from './quote.js';
import { sourcesOf } from './source.js';

/** After so long a call goes on without what would be found, ms. */
const TIME_LIMIT_MS = 5_000;
const TOO_LATE = new GatewayError('upstream_timeout', { detail: 'the search took too long' });

type Injected = Extract<PlannedSearch, { readonly mode: 'injected' }>;

/** Searches the web for models that cannot, before they are called. */
@Injectable()
export class SearchStepService {
  private readonly logger = new Logger(SearchStepService.name);

  constructor(private readonly searches: WebSearchService) {}

  /**
   * The plan with what was found in its request. A call searches once, whatever plans it tries; a search that fails or
   * takes too long leaves the request as it is, and the account knows.
   * @throws the reason of the call's signal
   */
  async run(call: Call, plan: Plan, account: CallAccount): Promise<Plan> {
    const { search } = plan;
    if (search?.mode !== 'injected') return plan;
    if (!account.search) account.searched(await this.search(call, search));
    const quotation = account.search?.quotation;
    return quotation === undefined
      ? plan
      : { ...plan, request: withQuote(plan.request, quotation) };
  }

  private async search(call: Call, { wish, targets }: Injected): Promise<SearchOutcome> {
    const text = queryOf(call.request.messages);
    if (text === '') return withoutResults('no_query');
    const amount = amountFor(wish);
    const query = { text, count: amount.results, place: wish.place, domains: wish.domains };
    const answer = await this.ask(call, targets, query);
    if (typeof answer === 'string') return withoutResults(answer);
    const { target, pages } = answer;
    const provider = target.provider.definition.id;
    const isOurs = target.credential.owner === 'platform';
    const charge = { provider, isOurs, price: target.price, searches: 1 };
    const { text: quotation, quoted } = quote(sourcesOf(pages, amount.results, wish.domains), {
      mark: call.id.slice(-16),
      bytes: amount.bytes,
      mayCite: mayCite(call.request),
    });
    if (quoted.length === 0) return withoutResults('no_results', charge);
    const results = quoted.length;
    const report = { mode: 'injected', provider, status: 'ok', searches: 1, results } as const;
    return { report, charge, quotation, sources: quoted };
  }

  /** Asks one search provider after the other until one answers or the time is up. */
  private async ask(
    { id, signal }: Call,
    targets: readonly SearchTarget[],
    query: SearchQuery,
  ): Promise<
    { readonly target: SearchTarget; readonly pages: readonly FoundPage[] } | 'timed_out' | 'failed'
  > {
    const deadline = performance.now() + TIME_LIMIT_MS;
    for (const target of targets) {
      try {
        return { target, pages: await this.within(deadline, signal, target, query) };
      } catch (error) {
        signal.throwIfAborted();
        const { detail, message } = toGatewayError(error);
        const reason = detail ?? message;
        this.logger.warn(`${id}: ${target.provider.definition.id} found nothing: ${reason}`);
        if (error === TOO_LATE) return 'timed_out';
      }
    }
    return 'failed';
  }

  private async within(
    deadline: number,
    signal: CallSignal,
    target: SearchTarget,
    query: SearchQuery,
  ): Promise<readonly FoundPage[]> {
    signal.throwIfAborted();
    const running = this.searches.begin(target, query);
    const detach = signal.onAbort((reason) => running.abort(reason));
    const timeLeft = Math.max(1, deadline - performance.now());
    const timer = setTimeout(() => running.abort(TOO_LATE), timeLeft);
    try {
      return await running.pages;
    } finally {
      clearTimeout(timer);
      detach();
    }
  }
}
