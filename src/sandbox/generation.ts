import type { ServerResponse } from 'node:http';
import { formatUsd } from '../core/money.js';
import type { Tally, TallyEntry } from './tally.js';

/** What the sandbox takes of its caller for a token, pico-USD: 3 and 12 USD a million, whatever others list. */
const INPUT_TOKEN = 3_000_000n;
const OUTPUT_TOKEN = 12_000_000n;

/**
 * Tells afterwards what a call used and cost, as OpenRouter's GET /generation?id=… does: 404 while the call runs. Told
 * to, it lets those who ask wait, so that a test decides when what was estimated becomes known.
 */
export class Generations {
  private withheld = false;
  private waiting: (() => void)[] = [];

  constructor(private readonly tally: Tally) {}

  /** From now on nobody is answered. */
  withhold(): void {
    this.withheld = true;
  }

  /** Answers all that wait, and from now on everybody at once. */
  release(): void {
    this.withheld = false;
    const { waiting } = this;
    this.waiting = [];
    for (const answer of waiting) answer();
  }

  /** Answers, now or later, what became of the call with this id of an answer. */
  serve(response: ServerResponse, answerId: string): void {
    if (this.withheld) this.waiting.push(() => this.answer(response, answerId));
    else this.answer(response, answerId);
  }

  private answer(response: ServerResponse, answerId: string): void {
    const entry = this.tally.ofAnswer(answerId);
    const isOver = entry !== undefined && (entry.finished || entry.aborted);
    const body = isOver ? report(entry) : { error: { code: 404, message: 'Generation not found' } };
    response.writeHead(isOver ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }
}

function report(entry: TallyEntry): unknown {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = entry;
  const cost = BigInt(promptTokens) * INPUT_TOKEN + BigInt(completionTokens) * OUTPUT_TOKEN;
  entry.reportedCost = formatUsd(cost);
  return {
    data: {
      id: entry.answerId,
      total_cost: Number(entry.reportedCost),
      native_tokens_prompt: promptTokens,
      native_tokens_completion: completionTokens,
      native_tokens_cached: cachedTokens,
      native_tokens_reasoning: reasoningTokens,
    },
  };
}
